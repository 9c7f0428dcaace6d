import { z } from "zod";
import { policySchema } from "#approvals/policy.ts";
import { groupIdSchema, userIdSchema } from "#approvals/person.ts";
import { calendarSchema } from "./calendar.ts";
import { labelsSchema } from "./runner-labels.ts";
import { trafficLimitsSchema } from "./traffic.ts";
import { transportSchema } from "./transport.ts";

/** Where a secret lies; its value never enters a plan, an event or a log. */
export const secretRefSchema = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
export type SecretRef = z.infer<typeof secretRefSchema>;

/** What a node is for: both planes with a database, one plane of a hybrid installation, or a node without a database. */
export const nodeRoleSchema = z.enum(["traditional", "control_plane", "data_plane", "dbless"]);
export type NodeRole = z.infer<typeof nodeRoleSchema>;

/** One Kong node. */
export const nodeSchema = z.object({
  name: z.string(),
  /** `traditional` where absent. */
  role: nodeRoleSchema.optional(),
  /** The `kong` executable as seen by the runner. */
  kong: z.string(),
  conf: z.string(),
  prefix: z.string(),
  /** Admin API base address, e.g. http://127.0.0.1:8001; data planes have none. */
  admin: z.string().optional(),
  /** Status API base address (`status_listen`), e.g. http://127.0.0.1:8007; tells readiness and the loaded configuration. */
  status: z.string().optional(),
  proxy: z.string(),
  /** The name that a data plane tells its control plane (`GET /clustering/data-planes`); the node's name where absent. */
  hostname: z.string().optional(),
  /** Nodes that are upgraded together, e.g. the data planes of one zone. */
  group: z.string().optional(),
  /** How the runner reaches the node: its programs and files are there. On the runner's own machine where absent. */
  transport: transportSchema.optional(),
  /**
   * `kong` commands that need a version which no pod of the node's workload runs (yet) run in Kubernetes Jobs of this
   * image, e.g. `kong:{version}`; only beside a kubectl transport to a workload.
   */
  job: z.object({ image: z.string() }).optional(),
  /** Environment variables for every `kong` command of this node; secrets by reference. */
  env: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), secretRefSchema),
});
export type KongNode = z.infer<typeof nodeSchema>;

export const smokeTestSchema = z.object({
  name: z.string(),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  expectStatus: z.number().int(),
});
export type SmokeTest = z.infer<typeof smokeTestSchema>;

/**
 * A site-specific command; `{version}`, `{node}`, `{from}` and, for traffic, `{share}` in its words are replaced before
 * the digest is taken.
 */
export const hookSchema = z.object({
  argv: z.array(z.string()).min(1).readonly(),
  timeoutMs: z.number().int().positive(),
  /** Whether running it twice does the same as once; not where absent. */
  isIdempotent: z.boolean().optional(),
  /** A read-only command that tells whether the hook has done its work: status 0 yes, 1 no, anything else nobody knows. */
  probe: z.object({ argv: z.array(z.string()).min(1).readonly(), timeoutMs: z.number().int().positive() }).optional(),
  /** Whether it may be ended in the middle when somebody cancels its step; not where absent. */
  canBeCancelled: z.boolean().optional(),
  /** Where it runs: on each node that it is for; on the runner's own machine where absent. */
  on: z.literal("node").optional(),
});
export type Hook = z.infer<typeof hookSchema>;

/** A PostgreSQL database of Kong, and who may make and drop databases beside it. */
export const databaseSchema = z.object({
  host: z.string(),
  port: z.number().int(),
  name: z.string(),
  user: z.string(),
  password: secretRefSchema.optional(),
  /** Role and database for `createdb`/`dropdb` and the scratch restore; the Kong role where absent. */
  admin: z.object({ user: z.string(), password: secretRefSchema.optional(), database: z.string() }),
});
export type Database = z.infer<typeof databaseSchema>;

/** The second cluster of a strategy that has one: its nodes, and its own database where it does not share the old one. */
const greenSchema = z.object({
  database: databaseSchema.optional(),
  nodes: z.array(nodeSchema).readonly(),
});

/** How a package is put in place, where no install hook says it. */
export const packagesSchema = z.object({
  recipe: z.enum(["apt", "dpkg", "yum", "rpm", "docker"]),
  /** Folder with package files for dpkg and rpm; the version is part of the file's name. */
  folder: z.string().optional(),
  /** Image without tag for docker, e.g. kong/kong-gateway. */
  image: z.string().optional(),
  /** Whether commands go through `sudo -n`. */
  usesSudo: z.boolean(),
});
export type Packages = z.infer<typeof packagesSchema>;

/** How a node is started and stopped, where it is not by `kong start` and `kong quit`. */
export const serviceSchema = z.object({
  recipe: z.enum(["systemd", "docker"]),
  /** systemd unit or container; `{node}` is replaced. */
  unit: z.string(),
  usesSudo: z.boolean(),
});
export type Service = z.infer<typeof serviceSchema>;

/** Where the figures of the proxies are read: requests per second, failed requests, latencies. */
const metricsSchema = z.discriminatedUnion("from", [
  /** The nodes themselves: their Prometheus plugin, else the number of requests that `GET /status` tells. */
  z.object({ from: z.literal("kong") }),
  /** A Prometheus server; each query gives one number. */
  z.object({
    from: z.literal("prometheus"),
    url: z.string(),
    /** Sent as a bearer token. */
    token: secretRefSchema.optional(),
    queries: z.object({
      requestRate: z.string(),
      errorRate: z.string(),
      p50Ms: z.string(),
      p95Ms: z.string(),
      p99Ms: z.string(),
    }),
  }),
  /** A command on the runner that prints one JSON object. */
  z.object({
    from: z.literal("command"),
    argv: z.array(z.string()).min(1).readonly(),
    timeoutMs: z.number().int().positive(),
  }),
]);

export const helmReleaseSchema = z.object({
  name: z.string(),
  /** What this release serves: everything, one plane of a hybrid installation, or only the Admin API or the proxy. */
  role: z.enum(["all", "control_plane", "data_plane", "admin", "proxy"]),
  /** Values files on the runner, in Helm's order. */
  values: z.array(z.string()).readonly(),
  /** The Deployment or DaemonSet that the release makes, e.g. `deployment/kong-kong`. */
  workload: z.string(),
});
export type HelmRelease = z.infer<typeof helmReleaseSchema>;

export const kubernetesSchema = z.object({
  kubectl: z.string(),
  helm: z.string(),
  /** Pinned in every command, so that the runner's current context never decides. */
  context: z.string(),
  namespace: z.string(),
  /** e.g. `kong/kong` or an OCI address; with the exact chart version of the upgrade. */
  chart: z.string(),
  chartVersion: z.string(),
  releases: z.array(helmReleaseSchema).min(1).readonly(),
  /** Deployment of the ingress controller where it writes to the Admin API: scaled to 0 during the freeze. */
  ingressController: z.string().optional(),
  /** How many pods of it run, so that as many come back after the freeze; 1 where absent. */
  ingressReplicas: z.number().int().min(1).optional(),
});
export type Kubernetes = z.infer<typeof kubernetesSchema>;

/** How the Admin API is asked: with a token header, over mTLS, and for which workspaces. Paths of PEM files on the runner. */
const adminApiSchema = z.object({
  token: secretRefSchema.optional(),
  /** `Kong-Admin-Token` where absent. */
  tokenHeader: z.string().optional(),
  ca: z.string().optional(),
  certificate: z.string().optional(),
  key: z.string().optional(),
  /** All that `GET /workspaces` lists where absent. */
  workspaces: z.array(z.string()).readonly().optional(),
});

/** Values of one Helm release: its only file, or several files in Helm's order, in which later ones win. */
const helmValuesSchema = z.union([
  z.string(),
  z.object({ release: z.string().optional(), values: z.array(z.string()).min(1).readonly() }),
]);

/** Files on the runner that discovery reads beside the live installation. */
const sourceFilesSchema = z.object({
  declarative: z.array(z.string()).readonly(),
  template: z.string().optional(),
  plugins: z.array(z.string()).readonly(),
  scripts: z.array(z.string()).readonly(),
  dashboards: z.array(z.string()).readonly(),
  manifests: z.array(z.string()).readonly(),
  helmValues: z.array(helmValuesSchema).readonly(),
});

/**
 * One Kong installation as the configuration describes it, without any secret.
 * A copy is written into the first event of an upgrade, so that the plan is a pure function of the record.
 */
export const environmentSchema = z.object({
  name: z.string(),
  description: z.string(),
  channel: z.string(),
  edition: z.enum(["oss", "enterprise"]),
  topology: z.enum(["traditional", "hybrid", "dbless", "kubernetes"]),
  /** Kong's PostgreSQL database; absent without a database, and while Cassandra holds the configuration. */
  database: databaseSchema.optional(),
  /** Empty where Kubernetes runs the nodes. */
  nodes: z.array(nodeSchema).readonly(),
  backupDir: z.string(),
  keyring: z.boolean(),
  tools: z.object({
    pgDump: z.string(),
    pgRestore: z.string(),
    createdb: z.string(),
    dropdb: z.string(),
    psql: z.string(),
  }),
  hooks: z.object({
    install: hookSchema.optional(),
    freeze: hookSchema.optional(),
    unfreeze: hookSchema.optional(),
    decommission: hookSchema.optional(),
    /** Start, stop and drain one `{node}`; instead of the service recipe and of `kong` itself. */
    start: hookSchema.optional(),
    stop: hookSchema.optional(),
    drain: hookSchema.optional(),
    /** Lets the load balancer send requests to `{node}` again: what `drain` took away. */
    admit: hookSchema.optional(),
    /** Sends `{share}` percent of the traffic to the new side, the rest to the old one. */
    shiftTraffic: hookSchema.optional(),
    /** Makes the hosts of the second cluster, not started. */
    provision: hookSchema.optional(),
    /** Puts the adapted kong.conf, templates and custom plugins of `{version}` in place on `{node}`. */
    configure: hookSchema.optional(),
  }),
  smokeTests: z.array(smokeTestSchema).readonly(),
  soak: z.object({
    durationMs: z.number().int().nonnegative(),
    sampleEveryMs: z.number().int().positive(),
    /** Address that answers JSON `{requests, errors, error_rate}` for the proxies; smoke tests are repeated where absent. */
    metricsUrl: z.string().optional(),
    /** Highest share of failed requests (0–1) above the baseline that still passes. */
    maxErrorRateIncrease: z.number().min(0).max(1),
    /** How else the figures of `metrics` are judged, and how long they are watched before anything is touched. */
    limits: trafficLimitsSchema.optional(),
    baselineMs: z.number().int().positive().optional(),
  }),
  metrics: metricsSchema.optional(),
  timeouts: z.object({
    /** Also given to Kong as `--db-timeout` and `--lock-timeout` (in seconds). */
    migrationsMs: z.number().int().positive(),
    backupMs: z.number().int().positive(),
    commandMs: z.number().int().positive(),
    /** Time limits of single kinds of steps (step-kinds.ts), instead of what their commands add up to. */
    steps: z.record(z.string(), z.number().int().positive()).optional(),
  }),
  policies: z.object({
    disruptive: policySchema.optional(),
    irreversible: policySchema,
    /** For kinds of steps (step-kinds.ts), instead of the policy of their class. */
    steps: z.record(z.string(), policySchema).optional(),
  }),
  /** Who may plan, start, pause, abort, retry and roll back; every full member of the workspace where empty. */
  green: greenSchema.optional(),
  kubernetes: kubernetesSchema.optional(),
  packages: packagesSchema.optional(),
  service: serviceSchema.optional(),
  adminApi: adminApiSchema.optional(),
  sources: sourceFilesSchema.optional(),
  /** decK on the runner; its version decides how its commands are spelt. */
  deck: z.object({ program: z.string(), version: z.string() }).optional(),
  /** Nodes without a database: the file they load now, and the one that was converted for the new version. */
  declarative: z.object({ file: z.string(), converted: z.string() }).optional(),
  /** Nodes replaced at once, how many of a group may be away, and the time to look in between. */
  rolling: z
    .object({
      batchSize: z.number().int().min(1),
      maxUnavailable: z.number().int().min(1),
      pauseMs: z.number().int().nonnegative(),
    })
    .optional(),
  /** Shares of traffic in percent that the new side gets, one after the other, and how long each is watched. */
  traffic: z
    .object({ shares: z.array(z.number().int().min(1).max(100)).min(1).readonly(), observeMs: z.number().int() })
    .optional(),
  /** Enterprise licence (JSON) that is applied through the Admin API. */
  licence: secretRefSchema.optional(),
  /** While Cassandra holds the configuration. */
  cassandra: z.object({ keyspace: z.string(), nodetool: z.string() }).optional(),
  /** The environment in which an upgrade must have succeeded before this one may start the same. */
  preproduction: z.string().optional(),
  /** What a person writes on a preproduction environment: the one whose backup it is rebuilt from. */
  copyOf: z.string().optional(),
  /** Dump of that one's database (pg_dump's custom format) on the runner; a person rebuilds the copy where absent. */
  copySource: z.string().optional(),
  /** Labels that a runner must have to look at this environment and to run its steps; any runner does where absent. */
  runner: z.object({ labels: labelsSchema }).optional(),
  operators: z.object({ users: z.array(userIdSchema).readonly(), groups: z.array(groupIdSchema).readonly() }),
  /** When it may be changed; at any time where absent. */
  calendar: calendarSchema.optional(),
});
export type Environment = z.infer<typeof environmentSchema>;

/**
 * Two environments that share one Kong database must never be upgraded at the same time. The key is the address as it is
 * written: that two names lead to one server (an alias, an address, a pooler) nobody can know from here, so a database is
 * written in the same way everywhere.
 */
export function databaseKey(environment: Environment): string {
  const { database, cassandra, name } = environment;
  if (database !== undefined) return keyOf(database);
  return cassandra === undefined ? `environment:${name}` : `cassandra:${cassandra.keyspace}`;
}

/** Every database that an upgrade of the environment may touch: its own, and that of its second cluster. */
export function databaseKeys(environment: Environment): readonly string[] {
  const green = environment.green?.database;
  return [...new Set([databaseKey(environment), ...(green === undefined ? [] : [keyOf(green)])])];
}

/** Host names are the same in any case, and with the dot of the root behind them (RFC 1034, section 3.1). */
function keyOf({ host, port, name }: Database): string {
  return `${host.toLowerCase().replace(/\.$/u, "")}:${port}/${name}`;
}

/**
 * Kong's PostgreSQL database, for what needs one; strategies refuse environments without before they make a step.
 * @throws Error where there is none
 */
export function databaseOf(environment: Environment): Database {
  if (environment.database === undefined) throw new Error(`environment ${environment.name} has no PostgreSQL database`);
  return environment.database;
}

/** Whether anything tells the share of failed requests. */
export function tellsTraffic({ metrics, soak }: Pick<Environment, "metrics" | "soak">): boolean {
  return metrics !== undefined || soak.metricsUrl !== undefined;
}

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

/** The Admin API's address. @throws Error for a node without one, such as a data plane */
export function adminOf(node: KongNode): string {
  if (node.admin === undefined) throw new Error(`node ${node.name} has no Admin API`);
  return node.admin;
}
