import { z } from "zod";
import { instantSchema } from "#src/kernel/instant.ts";
import { assessmentSchema } from "./assessment.ts";

/** Migration names per subsystem, as Kong prints them. */
export const migrationSetSchema = z.record(z.string(), z.array(z.string()).readonly());
export type MigrationSet = z.infer<typeof migrationSetSchema>;

export const migrationStateSchema = z.object({
  state: z.enum(["needs_bootstrap", "up_to_date", "pending", "new", "pending_and_new"]),
  executed: migrationSetSchema,
  pending: migrationSetSchema,
  new: migrationSetSchema,
});
export type MigrationState = z.infer<typeof migrationStateSchema>;

/** One source that discovery tried; what it could not decide is said, never left out. */
export const sourceSchema = z.object({
  name: z.string(),
  outcome: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("read"), at: instantSchema }),
    z.object({
      kind: z.literal("failed"),
      at: instantSchema,
      problem: z.string(),
      undecided: z.array(z.string()).readonly(),
    }),
  ]),
});
export type Source = z.infer<typeof sourceSchema>;

export const nodeFactsSchema = z.object({
  name: z.string(),
  /** `GET /` of the Admin API; undefined where it did not answer usefully (see sources). */
  admin: z
    .object({
      version: z.string(),
      edition: z.string().optional(),
      database: z.string(),
      role: z.string(),
      databaseReachable: z.boolean(),
      plugins: z.array(z.string()).readonly(),
      routerFlavor: z.string().optional(),
    })
    .optional(),
  /** `kong version` of the installed package. */
  cliVersion: z.string().optional(),
});
export type NodeFacts = z.infer<typeof nodeFactsSchema>;

/** A fact with the source that told it and when. */
function known<Value extends z.ZodType>(
  value: Value,
): z.ZodObject<{ value: Value; source: z.ZodString; at: typeof instantSchema }> {
  return z.object({ value, source: z.string(), at: instantSchema });
}

export const pluginInUseSchema = z.object({
  name: z.string(),
  origin: z.enum(["bundled", "enterprise", "custom"]),
  /** Instances in all workspaces, disabled ones included. */
  instances: z.number().int().nonnegative(),
  priority: z.number().optional(),
  version: z.string().optional(),
});
export type PluginInUse = z.infer<typeof pluginInUseSchema>;

const dataPlaneFactsSchema = z.object({
  hostname: z.string(),
  version: z.string(),
  syncStatus: z.string(),
  configHash: z.string().optional(),
  lastSeen: instantSchema.optional(),
});

/** What the installation is as a whole; a fact that no source told is absent, and the sources say why. */
export const installationFactsSchema = z.object({
  version: known(z.string()).optional(),
  edition: known(z.enum(["oss", "enterprise"])).optional(),
  topology: known(z.enum(["traditional", "hybrid", "dbless"])).optional(),
  database: known(z.enum(["postgres", "cassandra", "off"])).optional(),
  routerFlavor: known(z.string()).optional(),
  workspaces: known(z.array(z.string()).readonly()).optional(),
  rbac: known(z.string()).optional(),
  keyring: known(z.string()).optional(),
  vitals: known(z.boolean()).optional(),
  portal: known(z.boolean()).optional(),
  /** ISO day of its end, or `none`. */
  licence: known(z.string()).optional(),
  /** Entities by kind, e.g. `{routes: 12, consumers: 3}`. */
  entities: known(z.record(z.string(), z.number().int())).optional(),
  plugins: known(z.array(pluginInUseSchema).readonly()).optional(),
  dataPlanes: known(z.array(dataPlaneFactsSchema).readonly()).optional(),
  /** Helm releases of the environment as `helm list` tells them: the revision is what a rollback returns to. */
  helmReleases: known(
    z
      .array(
        z.object({ name: z.string(), revision: z.number().int().min(1), chartVersion: z.string(), status: z.string() }),
      )
      .readonly(),
  ).optional(),
  hosts: known(
    z
      .array(
        z.object({
          node: z.string().optional(),
          os: z.string().optional(),
          package: z.string().optional(),
          image: z.string().optional(),
          arch: z.string().optional(),
        }),
      )
      .readonly(),
  ).optional(),
});
export type InstallationFacts = z.infer<typeof installationFactsSchema>;

/** What discovery read from the live environment, each source with time and outcome. */
export const factsSchema = z.object({
  observedAt: instantSchema,
  nodes: z.array(nodeFactsSchema).readonly(),
  database: z
    .object({
      serverVersion: z.string(),
      sizeBytes: z.number(),
      /** Whether Kong's role may create tables in its schema, which migrations do; absent where it was not asked. */
      canCreateTables: z.boolean().optional(),
      migrations: migrationStateSchema.optional(),
      schemaMeta: z
        .array(
          z.object({
            subsystem: z.string(),
            executed: z.array(z.string()).readonly(),
            pending: z.array(z.string()).readonly(),
          }),
        )
        .readonly(),
      lock: z.object({ owner: z.string(), secondsLeft: z.number() }).optional(),
      counts: z.record(z.string(), z.number()),
    })
    .optional(),
  installation: installationFactsSchema.optional(),
  /**
   * What hazards the way to the target meets, judged while everything that was read lay in memory: routes and plugins
   * of a large installation do not fit into a record. Absent where the running version is not known.
   */
  assessment: assessmentSchema.optional(),
  /** Non-default kong.conf settings, secrets redacted. */
  configuration: z.record(z.string(), z.string()),
  sources: z.array(sourceSchema).readonly(),
});
export type Facts = z.infer<typeof factsSchema>;
