import { z } from "zod";
import { groupIdSchema, userIdSchema } from "#approvals/person.ts";
import { policySchema } from "#approvals/policy.ts";
import { adminApiSchema } from "./admin-api.ts";
import { calendarSchema } from "./calendar.ts";
import { databaseSchema } from "./database.ts";
import { hookSchema } from "./hook.ts";
import { nodeSchema } from "./kong-node.ts";
import { kubernetesSchema } from "./kubernetes.ts";
import { metricsSchema } from "./metrics-source.ts";
import { packagesSchema } from "./packages.ts";
import { labelsSchema } from "./runner-labels.ts";
import { secretRefSchema } from "./secret-ref.ts";
import { serviceSchema } from "./service.ts";
import { smokeTestSchema } from "./smoke-test.ts";
import { sourceFilesSchema } from "./source-files.ts";
import { trafficLimitsSchema } from "./traffic.ts";

/** The second cluster of a strategy that has one: its nodes, and its own database where it does not share the old one. */
const greenSchema = z.object({
  database: databaseSchema.optional(),
  nodes: z.array(nodeSchema).readonly(),
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
  /** Who may plan, start, pause, abort, retry and roll back; every full member of the workspace where empty. */
  operators: z.object({ users: z.array(userIdSchema).readonly(), groups: z.array(groupIdSchema).readonly() }),
  /** When it may be changed; at any time where absent. */
  calendar: calendarSchema.optional(),
});
export type Environment = z.infer<typeof environmentSchema>;

/** Whether anything tells the share of failed requests. */
export function tellsTraffic({ metrics, soak }: Pick<Environment, "metrics" | "soak">): boolean {
  return metrics !== undefined || soak.metricsUrl !== undefined;
}
