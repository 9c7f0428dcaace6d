import { unreachable } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Service } from "#src/plan/service.ts";
import type { Command } from "#src/plan/step.ts";
import { viaOfRecipe } from "./via-of-recipe.ts";

/** How long `docker stop` lets running requests finish, in seconds; systemd has it in the unit. */
const stopSeconds = 60;

/** The commands that start or stop a node by its service manager; undefined where `kong` itself does it. */
export function serviceCommands(
  environment: Environment,
  node: string,
  deed: "start" | "stop",
): readonly Command[] | undefined {
  const { service } = environment;
  return service === undefined
    ? undefined
    : [{ ...asCommand(service, node, deed), ...viaOfRecipe(environment, node, service.recipe) }];
}

function asCommand({ recipe, unit, usesSudo }: Service, node: string, deed: "start" | "stop"): Command {
  const name = unit.replaceAll("{node}", node);
  const argv = words(recipe, name, deed);
  return { target: node, argv: usesSudo ? ["sudo", "-n", ...argv] : argv, env: {}, secrets: {} };
}

function words(recipe: Service["recipe"], name: string, deed: "start" | "stop"): readonly string[] {
  switch (recipe) {
    case "systemd":
      return ["systemctl", deed, name];
    case "docker":
      return deed === "stop" ? ["docker", "stop", "-t", String(stopSeconds), name] : ["docker", "start", name];
    default:
      return unreachable(recipe);
  }
}
