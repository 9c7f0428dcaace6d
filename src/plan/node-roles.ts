import { formatVersion, parseVersion } from "#src/kong/version.ts";
import type { Environment } from "./environment.ts";
import type { KongNode, NodeRole } from "./kong-node.ts";
import type { PlanContext } from "./plan-context.ts";
import type { Probe } from "./probe.ts";
import { toldOfNode } from "./told-of-node.ts";

/** What a node is for, where the configuration does not say it: in an installation without a database all are alike. */
export function roleOf(environment: Environment, node: KongNode): NodeRole {
  return node.role ?? (environment.topology === "dbless" ? "dbless" : "traditional");
}

export function nodesOfRole(environment: Environment, role: NodeRole): readonly KongNode[] {
  return environment.nodes.filter((node) => roleOf(environment, node) === role);
}

/** Data planes and nodes without a database: nothing but their own file or cache belongs to them. */
export function nodesWithoutDatabase(environment: Environment): readonly KongNode[] {
  return environment.nodes.filter((node) => !usesDatabase(environment, node));
}

/** Whether a node talks to Kong's database. */
export function usesDatabase(environment: Environment, node: KongNode): boolean {
  const role = roleOf(environment, node);
  return role === "traditional" || role === "control_plane";
}

/** Nodes that clients send requests to; a control plane proxies nothing. */
export function proxyNodes(environment: Environment): readonly KongNode[] {
  return environment.nodes.filter((node) => roleOf(environment, node) !== "control_plane");
}

/** The same upgrade as these nodes see it. Without the database where none of them uses it: its password stays away. */
export function viewOf(context: PlanContext, nodes: readonly KongNode[]): PlanContext {
  const { database, ...rest } = context.environment;
  const isNeeded = database !== undefined && nodes.some((node) => usesDatabase(context.environment, node));
  return { ...context, environment: { ...rest, nodes, ...(isNeeded ? { database } : {}) } };
}

/** The name by which the control plane lists a data plane. */
export function hostnameOf(node: KongNode): string {
  return node.hostname ?? node.name;
}

/**
 * Questions that only a node which runs this version and can serve answers with yes. A data plane has no Admin API: its
 * status API tells whether it has a configuration, its package and its control plane tell the version.
 */
export function isUp(environment: Environment, node: KongNode, version: string): readonly Probe[] {
  const serving: Probe = { kind: "node_serving", node: node.name, version };
  if (usesDatabase(environment, node)) return [serving];
  const { admin, status, name } = node;
  return [
    ...(admin === undefined ? [] : [serving]),
    ...(status === undefined ? [] : [{ kind: "node_ready", node: name, version } as const]),
  ];
}

/** The nodes that a probe `group_serving` asks. */
export function restOfGroup(
  environment: Environment,
  { group, except }: Pick<Extract<Probe, { readonly kind: "group_serving" }>, "group" | "except">,
): readonly KongNode[] {
  const left = new Set(except);
  return nodesWithoutDatabase(environment).filter((node) => node.group === group && !left.has(node.name));
}

/** The version whose package a node has: data planes may be behind their control plane. */
export function installedVersion({ facts, from }: Pick<PlanContext, "facts" | "from">, node: KongNode): string {
  const installed = toldOfNode(facts, node.name)?.cliVersion;
  const seen = facts.installation?.dataPlanes?.value.find(({ hostname }) => hostname === hostnameOf(node))?.version;
  const version = parseVersion(installed ?? seen ?? from);
  return version === undefined ? from : formatVersion(version);
}
