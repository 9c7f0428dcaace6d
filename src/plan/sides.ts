import type { Environment } from "./environment.ts";
import type { KongNode } from "./kong-node.ts";

/** Nodes of both clusters, the old ones first. */
export function allNodes(environment: Environment): readonly KongNode[] {
  return [...environment.nodes, ...(environment.green?.nodes ?? [])];
}

/** The environment as the second cluster sees it: its nodes, and its own database where it has one. */
export function greenSide(environment: Environment): Environment {
  const { green } = environment;
  if (green === undefined) throw new Error(`environment ${environment.name} has no second cluster`);
  return { ...environment, nodes: green.nodes, ...(green.database === undefined ? {} : { database: green.database }) };
}

/** The environment as the cluster of that node sees it. */
export function sideOf(environment: Environment, node: string): Environment {
  return environment.green?.nodes.some(({ name }) => name === node) === true ? greenSide(environment) : environment;
}
