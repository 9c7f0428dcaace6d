import type { Environment } from "#src/plan/environment.ts";
import type { Command } from "#src/plan/step.ts";
import { viaOf } from "#src/plan/steps/on-node.ts";

/**
 * How a recipe's command reaches the machine of a node. `docker` makes and stops the container from outside: where the
 * node is reached by `docker exec` or `kubectl exec`, that is the runner's own machine.
 */
export function viaOfRecipe(environment: Environment, node: string, recipe: string): Pick<Command, "via"> {
  const way = viaOf(environment, node);
  return recipe === "docker" && way.via?.kind !== "ssh" ? {} : way;
}
