import { z } from "zod";
import { smokeTestSchema } from "./smoke-test.ts";
import { transportSchema } from "./transport.ts";

/** Which database a probe looks into. */
const databaseRefSchema = z.object({
  name: z.string(),
  as: z.enum(["kong", "admin"]),
  /** The second cluster's database server; the environment's own where absent. */
  side: z.literal("green").optional(),
});

/** A program that only looks; its words are plain and were checked at plan time. */
const lookSchema = z.object({
  target: z.string(),
  argv: z.array(z.string()).min(1).readonly(),
  /** Where it runs; on the runner's own machine where absent. */
  via: transportSchema.optional(),
});

/**
 * A read-only question about the world, asked before a step (precheck), after it (proof) and when its outcome is
 * unknown. The runner answers with ok / not ok / undetermined and the evidence.
 */
export const probeSchema = z.discriminatedUnion("kind", [
  /** `kong version` of the node's installed package equals `version`. */
  z.object({ kind: z.literal("cli_version"), node: z.string(), version: z.string() }),
  /** `kong health` says not running, and neither Admin API nor proxy accepts connections. */
  z.object({ kind: z.literal("node_stopped"), node: z.string() }),
  /** Admin API `GET /` tells this version and `/status` a reachable database. */
  z.object({ kind: z.literal("node_serving"), node: z.string(), version: z.string() }),
  /**
   * The state that the node's own CLI reports (`migrations status`, or `list` before 3.0) AND `schema_meta` agree on;
   * the exit code alone proves nothing (Kong 2.8.5/3.4.2 `up` and `finish` exit 0 when they did nothing).
   * `schemaMetaEquals` compares the names in `schema_meta` literally, which also sees a schema newer than the CLI.
   */
  z.object({
    kind: z.literal("migrations"),
    node: z.string(),
    /**
     * `needs_bootstrap` is what the CLI alone says of an empty data store: it proves that this node does not point to
     * the one that is in use. With Cassandra there is no `schema_meta` to compare, so the CLI alone is asked too.
     */
    oneOf: z
      .array(z.enum(["up_to_date", "pending", "new", "pending_and_new", "needs_bootstrap"]))
      .min(1)
      .readonly(),
    /** The version that is asked, where the node's own pods may run another one; its own package where absent. */
    version: z.string().optional(),
  }),
  /** `schema_meta` holds exactly what it held when the facts were read (after a restore). */
  z.object({
    kind: z.literal("schema_meta"),
    database: databaseRefSchema,
    rows: z
      .array(
        z.object({
          subsystem: z.string(),
          executed: z.array(z.string()).readonly(),
          pending: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
  }),
  /** No row `migrations` in Kong's table `locks` that has not expired; tells owner and time left otherwise. */
  z.object({ kind: z.literal("migration_lock_free"), side: z.literal("green").optional() }),
  /** `pg_restore --list` reads the table of contents and finds the core tables; that the data is whole only a restore proves. */
  z.object({ kind: z.literal("archive_readable"), file: z.string() }),
  /**
   * Entity counts of that database equal the baseline measured before, but for the tables in `except` and for tables
   * that were not measured then (a newer version adds some).
   */
  z.object({
    kind: z.literal("counts_match_baseline"),
    database: databaseRefSchema,
    except: z.array(z.string()).readonly().optional(),
  }),
  /** The configuration's fingerprint is still the last recorded one: nobody wrote since. */
  z.object({ kind: z.literal("configuration_unchanged"), side: z.literal("green").optional() }),
  z.object({
    kind: z.literal("smoke"),
    nodes: z.array(z.string()).readonly(),
    tests: z.array(smokeTestSchema).readonly(),
  }),
  /** Files and folders are there: where that node is, or on the runner's own machine. */
  z.object({
    kind: z.literal("files_present"),
    paths: z.array(z.string()).readonly(),
    node: z.string().optional(),
  }),
  z.object({ kind: z.literal("database_absent"), name: z.string(), side: z.literal("green").optional() }),
  z.object({ kind: z.literal("database_present"), name: z.string(), side: z.literal("green").optional() }),
  /**
   * The database belongs to Kong's role, and nothing was made in it but what extensions bring. Part of no plan: it is asked
   * where a step that creates a database finds one.
   */
  z.object({ kind: z.literal("database_empty"), name: z.string(), side: z.literal("green").optional() }),
  /**
   * No session of the Kong role is left on the database, besides our own and those from the hosts of the nodes in
   * `except`; undetermined where sessions come from hosts that no node of the environment has, e.g. a pooler.
   */
  z.object({
    kind: z.literal("no_kong_sessions"),
    except: z.array(z.string()).readonly().optional(),
    side: z.literal("green").optional(),
  }),
  /**
   * The node's host is up: its Admin API or proxy port accepts or refuses a connection. Kong need not be installed; a
   * time-out tells nothing.
   */
  z.object({ kind: z.literal("host_answers"), node: z.string() }),
  /**
   * `GET /status/ready` of the node's status API answers 200 (3.3 and later; before, `GET /status` answers), and a node
   * without a database has a configuration loaded: its `configuration_hash` is not all zeros.
   */
  z.object({ kind: z.literal("node_ready"), node: z.string(), version: z.string() }),
  /**
   * What `node_serving` and `node_ready` ask, of a whole group of nodes without a database but those in `except`: at least
   * `minimum` of them are up, each with one of these versions. Without a group it is of the nodes that have none. Names are
   * looked up when it is asked, so that a plan of many batches does not hold every node in each of them.
   */
  z.object({
    kind: z.literal("group_serving"),
    group: z.string().optional(),
    except: z.array(z.string()).readonly(),
    versions: z.array(z.string()).min(1).readonly(),
    minimum: z.number().int().min(1),
  }),
  /**
   * `GET /clustering/data-planes` of a control plane: every one of these data planes (all that were seen within five
   * minutes where none is named) has this version, `sync_status` normal, and all the same configuration hash.
   */
  z.object({
    kind: z.literal("data_planes_synced"),
    controlPlane: z.string(),
    hostnames: z.array(z.string()).readonly(),
    version: z.string(),
    /** `connected`: version and status only, for data planes of another major that keep what they have. */
    expect: z.enum(["synced", "connected"]),
  }),
  /** A look by a program ends with status 0 and, where a pattern is given, prints a line that matches it. */
  z.object({
    kind: z.literal("command_output"),
    look: lookSchema,
    matches: z.string().optional(),
    /** The same pattern must not be found. */
    isAbsent: z.boolean().optional(),
  }),
  /** What a hook brings to prove itself: exit status 0 says done, 1 not done, anything else leaves it open. */
  z.object({ kind: z.literal("hook_done"), look: lookSchema, timeoutMs: z.number().int().positive() }),
  /** `kubectl rollout status` says complete and every pod of the workload runs this image tag. */
  z.object({ kind: z.literal("workload_rolled_out"), release: z.string(), version: z.string() }),
  /** `kong migrations list` inside a pod of the release's workload ends with one of these states. */
  z.object({
    kind: z.literal("migrations_in_cluster"),
    release: z.string(),
    oneOf: z
      .array(z.enum(["up_to_date", "pending", "new", "pending_and_new"]))
      .min(1)
      .readonly(),
  }),
  /** No pod in the namespace runs Kong with another image tag. */
  z.object({ kind: z.literal("no_other_image"), version: z.string() }),
  /** `GET /licenses` of the node tells a licence that has not expired. */
  z.object({ kind: z.literal("licence_valid"), node: z.string() }),
  /**
   * None of the worker processes that the step noted before its command is left: `kong reload` exits 0 as soon as the
   * signal is sent, and the old workers go on where new ones cannot start (Kong 2.8.5 to 3.9.3).
   */
  z.object({ kind: z.literal("workers_replaced"), node: z.string() }),
  /** Entity counts that two nodes' Admin APIs tell for routes, services, plugins, consumers and upstreams are equal. */
  z.object({ kind: z.literal("same_entities"), left: z.string(), right: z.string() }),
]);
export type Probe = z.infer<typeof probeSchema>;
