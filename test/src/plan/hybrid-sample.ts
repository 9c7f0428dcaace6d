import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { sampleEnvironment, sampleFacts, sampleNode } from "./sample.ts";

/** What a node of these samples is called, what it is for and where it stands. */
export interface Wanted {
  readonly name: string;
  readonly role: KongNode["role"];
  readonly group?: string;
}

function nodeOf({ name, role, group }: Wanted, index: number): KongNode {
  const port = 8000 + index * 100;
  const isControlPlane = role === "control_plane";
  return {
    name,
    ...(role === undefined ? {} : { role }),
    kong: `/srv/nodes/${name}/bin/kong`,
    conf: `/srv/nodes/${name}/kong.conf`,
    prefix: `/srv/nodes/${name}/prefix`,
    ...(isControlPlane || role === "traditional" ? { admin: `http://127.0.0.1:${port + 1}` } : {}),
    ...(isControlPlane ? {} : { status: `http://127.0.0.1:${port + 7}` }),
    proxy: `http://127.0.0.1:${port}`,
    ...(group === undefined ? {} : { group }),
    env: {},
    secrets: {},
  };
}

const dblessNodes: readonly Wanted[] = [
  { name: "gw-a1", role: "dbless", group: "zone-a" },
  { name: "gw-a2", role: "dbless", group: "zone-a" },
  { name: "gw-a3", role: "dbless", group: "zone-a" },
  { name: "gw-b1", role: "dbless", group: "zone-b" },
];

/** Nodes in two zones, each with its own file; two at once may be replaced. */
export function dblessEnvironment(
  changes: Partial<Environment> = {},
  nodes: readonly Wanted[] = dblessNodes,
): Environment {
  const { database: _, ...sample } = sampleEnvironment();
  return {
    ...sample,
    name: "edge",
    description: "Nodes without a database in two zones",
    topology: "dbless",
    nodes: nodes.map(nodeOf),
    declarative: { file: "/srv/edge/kong.yml", converted: "/srv/edge/kong-new.yml" },
    rolling: { batchSize: 2, maxUnavailable: 2, pauseMs: 20_000 },
    ...changes,
  };
}

/** Every node tells this version by its package; none has a database. */
export function dblessFacts(environment: Environment, version: string, changes: Partial<Facts> = {}): Facts {
  const { database: _, ...sample } = sampleFacts();
  return {
    ...sample,
    configuration: { database: "off" },
    nodes: environment.nodes.map(({ name, admin }) => ({
      name,
      cliVersion: version,
      ...(admin === undefined
        ? {}
        : { admin: { version, database: "off", role: "traditional", databaseReachable: false, plugins: [] } }),
    })),
    ...changes,
  };
}

export const hybridNodes: readonly Wanted[] = [
  { name: "cp-1", role: "control_plane" },
  { name: "cp-2", role: "control_plane" },
  { name: "dp-a1", role: "data_plane", group: "zone-a" },
  { name: "dp-a2", role: "data_plane", group: "zone-a" },
  { name: "dp-b1", role: "data_plane", group: "zone-b" },
];

/** Two control planes on one database and three data planes in two zones. */
export function hybridEnvironment(
  changes: Partial<Environment> = {},
  nodes: readonly Wanted[] = hybridNodes,
): Environment {
  return {
    ...sampleEnvironment(),
    name: "prod",
    description: "Hybrid: two control planes, data planes in two zones",
    topology: "hybrid",
    nodes: nodes.map(nodeOf),
    ...changes,
  };
}

/** What a node and the control plane's list tell; data planes are in sync. */
export function hybridFacts(
  environment: Environment,
  versions: { readonly controlPlane: string; readonly dataPlane: string },
  changes: Partial<Facts> = {},
): Facts {
  const sample = sampleFacts();
  const isControlPlane = ({ role }: KongNode): boolean => role === "control_plane";
  return {
    ...sample,
    nodes: environment.nodes.map((node) => {
      if (!isControlPlane(node)) return { name: node.name, cliVersion: versions.dataPlane };
      const told = sampleNode(node.name, versions.controlPlane);
      return told.admin === undefined ? told : { ...told, admin: { ...told.admin, role: "control_plane" } };
    }),
    installation: {
      dataPlanes: {
        source: "cp-1: GET /clustering/data-planes",
        at: sample.observedAt,
        value: environment.nodes
          .filter((node) => !isControlPlane(node))
          .map(({ name, hostname }) => ({
            hostname: hostname ?? name,
            version: versions.dataPlane,
            syncStatus: "normal",
            lastSeen: "2026-11-21T02:59:40.000Z",
          })),
      },
    },
    ...changes,
  };
}
