import { allNodes } from "#src/plan/sides.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";

/** The node of that name in the runner's own configuration. @throws Error where there is none. */
export function nodeOf(environment: Environment, name: string): KongNode {
  const node = allNodes(environment).find((candidate) => candidate.name === name);
  if (node === undefined) throw new Error(`environment ${environment.name} has no node ${name}`);
  return node;
}
