import type { Environment } from "#src/plan/environment.ts";
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

/**
 * How this site does a deed to these nodes: its own hook. Undefined where nothing says how, so that a person has to do
 * it, or Kong's own command.
 */
export function deedOf(
  environment: Environment,
  name: DeedName,
  { nodes, versions }: { readonly nodes: readonly string[]; readonly versions: HookVersions },
): Deed | undefined {
  const hook = environment.hooks[name];
  if (hook === undefined) return undefined;
  const commands = hookCommands(hook, nodes, versions);
  return { commands, timeoutMs: hook.timeoutMs * commands.length };
}
