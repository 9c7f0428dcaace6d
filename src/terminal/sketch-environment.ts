import { quorumPolicy } from "#approvals/policy.ts";
import type { Deployment } from "#src/kong/inventory.ts";
import type { Edition } from "#src/kong/releases.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { CheckOptions, GivenAdmin } from "./check-options.ts";

/** What people said on the command line that an environment would say. */
export type SketchOptions = Partial<Pick<CheckOptions, "admin" | "charts">>;

/**
 * An environment for an installation that no configuration describes: enough to judge paths and to show the steps of a
 * strategy in outline. Nothing of it can be started; its node stands for all of them.
 */
export function sketchEnvironment(
  deployment: Deployment,
  edition: Edition,
  { admin, charts }: SketchOptions,
): Environment {
  const topology = topologyOf(deployment);
  const database =
    deployment.database === "off" || deployment.database === "cassandra" ? {} : { database: kongDatabase };
  return {
    name: "unnamed",
    description: "",
    channel: "C0UNNAMED",
    edition,
    topology,
    ...(topology === "dbless" ? { declarative } : database),
    ...(deployment.database === "cassandra" ? { cassandra: { keyspace: "kong", nodetool: "nodetool" } } : {}),
    nodes: nodesOf(topology, admin?.url ?? "http://127.0.0.1:8001"),
    backupDir: "/var/backups/kong-upgrade",
    keyring: false,
    tools: { pgDump: "pg_dump", pgRestore: "pg_restore", createdb: "createdb", dropdb: "dropdb", psql: "psql" },
    hooks: {},
    smokeTests: [],
    soak: { durationMs: 600_000, sampleEveryMs: 10_000, maxErrorRateIncrease: 0.01 },
    timeouts: { migrationsMs: 600_000, backupMs: 1_800_000, commandMs: 120_000 },
    policies: { irreversible: quorumPolicy({ users: [], groups: [], quorum: 1, expiresAfterMs: 14_400_000 }) },
    operators: { users: [], groups: [] },
    ...(topology === "kubernetes"
      ? { kubernetes: { ...kubernetes, chartVersion: charts?.to ?? kubernetes.chartVersion } }
      : {}),
    ...(admin === undefined ? {} : { adminApi: adminAccess(admin) }),
  };
}

function topologyOf({ topology, platform, isHelm }: Deployment): Environment["topology"] {
  if (platform === "kubernetes" || isHelm === true) return "kubernetes";
  return topology ?? "traditional";
}

function nodesOf(topology: Environment["topology"], admin: string): readonly KongNode[] {
  const node: KongNode = {
    name: "kong",
    kong: "kong",
    conf: "/etc/kong/kong.conf",
    prefix: "/usr/local/kong",
    admin,
    proxy: "http://127.0.0.1:8000",
    env: {},
    secrets: {},
  };
  switch (topology) {
    case "traditional":
      return [node];
    case "dbless":
      return [{ ...node, role: "dbless", status: "http://127.0.0.1:8007" }];
    case "hybrid":
      return [
        { ...node, name: "control-plane", role: "control_plane" },
        { ...dataPlane(node), name: "data-plane", role: "data_plane" },
      ];
    case "kubernetes":
      return [];
  }
}

function dataPlane(node: KongNode): KongNode {
  return { ...node, admin: undefined };
}

function adminAccess(admin: GivenAdmin): NonNullable<Environment["adminApi"]> {
  return {
    ...(admin.tokenEnv === undefined ? {} : { token: { env: admin.tokenEnv } }),
    ...(admin.tokenHeader === undefined ? {} : { tokenHeader: admin.tokenHeader }),
    ...(admin.ca === undefined ? {} : { ca: admin.ca }),
    ...(admin.certificate === undefined ? {} : { certificate: admin.certificate }),
    ...(admin.key === undefined ? {} : { key: admin.key }),
    ...(admin.workspaces === undefined ? {} : { workspaces: admin.workspaces }),
  };
}

/** Placeholders as the rest: the outline names a file of now and a converted one. */
const declarative = { file: "/etc/kong/kong.yml", converted: "/etc/kong/kong-new.yml" };

const kongDatabase: NonNullable<Environment["database"]> = {
  host: "127.0.0.1",
  port: 5432,
  name: "kong",
  user: "kong",
  admin: { user: "postgres", database: "postgres" },
};

const kubernetes: NonNullable<Environment["kubernetes"]> = {
  kubectl: "kubectl",
  helm: "helm",
  context: "your-context",
  namespace: "kong",
  chart: "kong/kong",
  chartVersion: "0.0.0",
  releases: [{ name: "kong", role: "all", values: ["/srv/values.yaml"], workload: "deployment/kong-kong" }],
};
