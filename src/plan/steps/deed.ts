import type { Environment } from "#src/plan/environment.ts";
import { installCommands } from "#src/plan/recipes/package-recipe.ts";
import { serviceCommands } from "#src/plan/recipes/service-recipe.ts";
import type { Command } from "#src/plan/step.ts";
import { hookCommands } from "./hook-command.ts";
import type { HookVersions } from "./hook-command.ts";

/** What depends on the platform: how a site installs, starts, stops, shifts traffic and so on. */
export type DeedName = keyof Environment["hooks"];

/** The commands of a deed, and how long all of them may take together. */
export interface Deed {
  readonly commands: readonly Command[];
  readonly timeoutMs: number;
}

/** A package of some 100 MB comes over the network and is unpacked; a service waits up to 60 s for its requests. */
const recipeTimeoutMs = { install: 300_000, start: 90_000, stop: 90_000 };

/**
 * How this site does a deed to these nodes: its own hook, or the recipe of its packages and services. Undefined where
 * nothing says how, so that a person has to do it, or Kong's own command.
 */
export function deedOf(
  environment: Environment,
  name: DeedName,
  { nodes, versions }: { readonly nodes: readonly string[]; readonly versions: HookVersions },
): Deed | undefined {
  const hook = environment.hooks[name];
  if (hook === undefined) return recipeOf(environment, name, { nodes, versions });
  const commands = hookCommands(hook, { environment, nodes }, versions);
  return { commands, timeoutMs: hook.timeoutMs * commands.length };
}

function recipeOf(
  environment: Environment,
  name: DeedName,
  { nodes, versions }: { readonly nodes: readonly string[]; readonly versions: HookVersions },
): Deed | undefined {
  if (name !== "install" && name !== "start" && name !== "stop") return undefined;
  const each = nodes.map((node) =>
    name === "install" ? installCommands(environment, node, versions) : serviceCommands(environment, node, name),
  );
  const commands = each.flatMap((some) => some ?? []);
  return commands.length === 0 ? undefined : { commands, timeoutMs: recipeTimeoutMs[name] * nodes.length };
}
