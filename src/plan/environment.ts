import { z } from "zod";
import { policySchema } from "#approvals/policy.ts";
import { groupIdSchema, userIdSchema } from "#approvals/person.ts";

/** Where a secret lies; its value never enters a plan, an event or a log. */
export const secretRefSchema = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
export type SecretRef = z.infer<typeof secretRefSchema>;

/** One Kong node (traditional topology). */
export const nodeSchema = z.object({
  name: z.string(),
  /** The `kong` executable as seen by the runner. */
  kong: z.string(),
  conf: z.string(),
  prefix: z.string(),
  /** Admin API base address, e.g. http://127.0.0.1:8001 */
  admin: z.string(),
  proxy: z.string(),
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

/** A site-specific command; `{version}`, `{node}`, `{from}` in its words are replaced before the digest is taken. */
export const hookSchema = z.object({
  argv: z.array(z.string()).min(1).readonly(),
  timeoutMs: z.number().int().positive(),
});
export type Hook = z.infer<typeof hookSchema>;

/**
 * One Kong installation as the configuration describes it, without any secret.
 * A copy is written into the first event of an upgrade, so that the plan is a pure function of the record.
 */
export const environmentSchema = z.object({
  name: z.string(),
  description: z.string(),
  channel: z.string(),
  edition: z.enum(["oss", "enterprise"]),
  topology: z.enum(["traditional"]),
  database: z.object({
    host: z.string(),
    port: z.number().int(),
    name: z.string(),
    user: z.string(),
    password: secretRefSchema.optional(),
    /** Role and database for `createdb`/`dropdb` and the scratch restore; the Kong role where absent. */
    admin: z.object({ user: z.string(), password: secretRefSchema.optional(), database: z.string() }),
  }),
  nodes: z.array(nodeSchema).min(1).readonly(),
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
  }),
  smokeTests: z.array(smokeTestSchema).readonly(),
  soak: z.object({
    durationMs: z.number().int().nonnegative(),
    sampleEveryMs: z.number().int().positive(),
    /** Address that answers JSON `{requests, errors, error_rate}` for the proxies; smoke tests are repeated where absent. */
    metricsUrl: z.string().optional(),
    /** Highest share of failed requests (0–1) above the baseline that still passes. */
    maxErrorRateIncrease: z.number().min(0).max(1),
  }),
  timeouts: z.object({
    /** Also given to Kong as `--db-timeout` and `--lock-timeout` (in seconds). */
    migrationsMs: z.number().int().positive(),
    backupMs: z.number().int().positive(),
    commandMs: z.number().int().positive(),
  }),
  policies: z.object({
    disruptive: policySchema.optional(),
    irreversible: policySchema,
  }),
  /** Who may plan, start, pause, abort, retry and roll back; every full member of the workspace where empty. */
  operators: z.object({ users: z.array(userIdSchema).readonly(), groups: z.array(groupIdSchema).readonly() }),
});
export type Environment = z.infer<typeof environmentSchema>;

/** Two environments that share one Kong database must never be upgraded at the same time. */
export function databaseKey(environment: Environment): string {
  const { host, port, name } = environment.database;
  return `${host.toLowerCase()}:${port}/${name}`;
}
