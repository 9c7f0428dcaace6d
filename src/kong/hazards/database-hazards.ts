import { whenFound } from "./hazard.ts";
import type { Hazard } from "./hazard.ts";

/** Size from which a single statement of a migration may last longer than Kong's 5 s default. */
const largeDatabaseBytes = 1_000_000_000;

/** States of the database and of its server that an upgrade trips over. */
export const databaseHazards: readonly Hazard[] = [
  {
    id: "any-migration-lock-held",
    since: "any",
    severity: "stops_start",
    title: "Somebody holds the migration lock",
    effect:
      '`kong migrations up` waits and then says "aborted: another node is performing database changes" with exit status 0, having done nothing.',
    remedy: "Find the process that migrates. A lock left by a killed process ends by itself when its time is over.",
    source: "Kong/kong kong/db/init.lua, cluster_mutex; own recorded runs of 2.8.5 and 3.4.2",
    check: whenFound(({ database }) =>
      database?.lock === undefined
        ? []
        : [`owner ${database.lock.owner}, ${Math.round(database.lock.secondsLeft)} s left`],
    ),
  },
  {
    id: "any-unfinished-upgrade",
    since: "any",
    severity: "stops_start",
    title: "Migrations of an earlier upgrade are pending",
    effect: "`kong migrations up` refuses to run until they are finished.",
    remedy: "Run `kong migrations finish` with the running version, test, then plan again.",
    source: "Kong/kong kong/cmd/migrations.lua, 2.8.5 to 3.9.3",
    check: whenFound(({ database }) =>
      (database?.schemaMeta ?? [])
        .filter((row) => row.pending.length > 0)
        .map((row) => `${row.subsystem}: ${row.pending.join(", ")}`),
    ),
  },
  {
    id: "any-no-right-to-create",
    since: "any",
    severity: "stops_start",
    title: "Kong's role may not create tables in its schema",
    effect:
      "Migrations fail at the first new table. PostgreSQL 15 and later give this right on schema public to the owner of the database only.",
    remedy: "ALTER DATABASE kong OWNER TO kong; or GRANT CREATE ON SCHEMA public TO kong, and REVOKE it afterwards.",
    source: "Kong developer docs, breaking changes 3.3; PostgreSQL 15 release notes",
    check: whenFound(({ database }) =>
      database?.canCreateTables === false ? [`PostgreSQL ${database.serverVersion}`] : [],
    ),
  },
  {
    id: "37-db-timeout",
    since: "3.7",
    severity: "changes_behaviour",
    title: "`kong migrations` gives a statement 5 s only",
    effect:
      "A migration that needs longer fails; PostgreSQL goes on with the statement behind it. This plan passes --db-timeout.",
    remedy: "Keep `timeouts.migrations` well above what a rewrite of the largest table takes.",
    source: "Kong/kong kong/cmd/migrations.lua 3.7.0; own recorded run of 3.9.3",
    check: whenFound(({ database }) =>
      database === undefined ? [] : [`the database has ${Math.ceil(database.sizeBytes / 1_000_000)} MB`],
    ),
  },
  {
    id: "any-large-database",
    since: "any",
    severity: "changes_behaviour",
    title: "A large database",
    effect:
      "Backup, the proof that it restores, and a restore on the way back take long, and need as much free disk again.",
    remedy: "Measure a dump and a restore before; delete expired rows of rate limiting, sessions and OAuth 2 tokens.",
    source: "PostgreSQL 15 docs, pg_dump and pg_restore",
    check: whenFound(({ database }) =>
      database !== undefined && database.sizeBytes >= largeDatabaseBytes
        ? [`${Math.round(database.sizeBytes / 1_000_000)} MB`]
        : [],
    ),
  },
  {
    id: "30-duplicate-targets",
    since: "3.0",
    severity: "changes_behaviour",
    title: "Targets of upstreams are made unique",
    effect: "Old entries of the same target disappear.",
    byMigration: "`finish` keeps the newest entry of each target.",
    remedy: "Nothing to do; the count of targets may fall.",
    source: "Kong/kong kong/db/migrations/core/016_280_to_300.lua",
    check: whenFound(({ database }) => {
      const targets = database?.counts["targets"] ?? 0;
      return targets > 0 ? [`${targets} rows in targets; duplicates among them go`] : [];
    }),
  },
];
