import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** From here on a dump, the proof that it restores, and a restore take so long that the window must be planned for it. */
const largeDatabaseBytes = 1_000_000_000;

/** States of the database and of its server that an upgrade between any two versions trips over. */
export const databaseAnyHazards: readonly Hazard[] = [
  {
    id: "any-migration-lock-held",
    title: "Somebody holds the migration lock",
    since: "any",
    edition: "both",
    area: "database",
    severity: "stops_start",
    applies: { database: ["postgres", "cassandra"] },
    when: { kind: "database_server", path: "migration_lock", predicate: "not_equals", value: "none" },
    effect:
      '`kong migrations up` waits and then says "aborted: another node is performing database changes" with exit status 0, having done nothing.',
    remedy: "Find the process that migrates. A lock left by a killed process ends by itself when its time is over.",
    sources: ["Kong/kong kong/db/init.lua, cluster_mutex", "own recorded runs of 2.8.5 and 3.4.2"],
  },
  {
    id: "any-unfinished-upgrade",
    title: "Migrations of an earlier upgrade are pending",
    since: "any",
    edition: "both",
    area: "database",
    severity: "stops_start",
    when: { kind: "migrations", path: "pending", predicate: "length_gt", value: 0 },
    effect: "`kong migrations up` of the target refuses to run until they are finished.",
    remedy: "Run `kong migrations finish` with the running version, test, then plan again.",
    sources: ["Kong/kong kong/cmd/migrations.lua, 2.8.5 to 3.9.3", "own recorded runs of 2.8.5, 3.0.2 and 3.4.2"],
  },
  {
    id: "gen-restart-with-new-migrations",
    title: "The installed package is newer than the database",
    since: "any",
    edition: "both",
    area: "database",
    severity: "stops_start",
    when: { kind: "migrations", path: "new", predicate: "length_gt", value: 0 },
    effect:
      "The package on this node knows migrations that never ran: `kong restart` stops the node and does not start it again, and `kong reload` says that it worked while the old workers stay.",
    remedy: "Run `kong migrations up` and `finish` of the installed version before any restart or reload.",
    sources: ["Kong/kong kong/cmd/restart.lua, 2.8.5 to 3.9.3", "own recorded runs of 3.4.2"],
  },
  {
    id: "any-postgres-below-9-5",
    title: "PostgreSQL is older than Kong can use",
    since: "any",
    edition: "both",
    area: "database",
    severity: "stops_start",
    when: {
      all: [
        { kind: "deployment", path: "database", predicate: "equals", value: "postgres" },
        { kind: "database_server", path: "version", predicate: "version_lt", value: "9.5" },
      ],
    },
    effect: '`kong migrations` and `kong start` end with "Kong requires PostgreSQL 9.5 or greater".',
    remedy: "Upgrade PostgreSQL first, on the running Kong version.",
    sources: ["Kong/kong kong/constants.lua and kong/db/init.lua, 2.1 to 3.9"],
  },
  {
    id: "33-pg15-grants",
    title: "Kong's role may not create tables",
    since: "any",
    edition: "both",
    area: "database",
    severity: "stops_start",
    when: {
      all: [
        { kind: "deployment", path: "database", predicate: "equals", value: "postgres" },
        { kind: "database_server", path: "can_create_tables", predicate: "equals", value: false },
      ],
    },
    effect:
      "Migrations fail at the first new table. PostgreSQL 15 and later give this right on schema public to the owner of the database only.",
    remedy:
      "ALTER DATABASE kong OWNER TO kong; or GRANT CREATE ON SCHEMA public TO kong before migrations, and REVOKE it afterwards.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.3", "PostgreSQL 15 release notes"],
  },
  {
    id: "any-large-database",
    title: "A large database",
    since: "any",
    edition: "both",
    area: "database",
    severity: "changes_behaviour",
    when: { kind: "database_server", path: "size_bytes", predicate: "gte", value: largeDatabaseBytes },
    effect:
      "Backup, the proof that it restores, and a restore on the way back take long, and need as much free disk again.",
    remedy: "Measure a dump and a restore before; delete expired rows of rate limiting, sessions and OAuth 2 tokens.",
    sources: ["PostgreSQL 15 docs, pg_dump and pg_restore"],
  },
  {
    id: "any-shared-database",
    title: "Other applications may use the same database",
    since: "any",
    edition: "both",
    area: "database",
    severity: "breaks_traffic",
    applies: { database: ["postgres", "cassandra"] },
    when: {
      kind: "manual",
      question: "Does any other application keep tables in Kong's database (not only on the same server)?",
    },
    effect:
      "A dump of the database holds their data too, and the restore on the way back sets them back to the time of the backup with Kong.",
    remedy: "Give Kong a database of its own first, or dump and restore Kong's schema only.",
    sources: ["Kong docs, Enterprise LTS 2.8 to 3.4 guide, database backup"],
  },
  {
    id: "gen-db-version",
    title: "Kong does not test the target with this PostgreSQL",
    since: "any",
    edition: "both",
    area: "database",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "deployment", path: "database", predicate: "equals", value: "postgres" },
        { kind: "database_server", path: "version", predicate: "version_gte", value: "9.5" },
        { kind: "database_server", path: "version", predicate: "not_in_target_support_list" },
      ],
    },
    effect:
      "Migrations and queries of the target may fail or be slow on this server, which is older than any that Kong tests it with, and Kong's support does not help with it.",
    remedy:
      "Upgrade the server to a version of the target's list first, on the running Kong version (12 - 15 up to Enterprise 3.3, 12 - 16 up to 3.8, 13 - 17 from 3.9 on). In a dual-cluster upgrade both databases have the same major version.",
    sources: [
      "Kong docs, upgrade page of 2.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide, dual-cluster",
      "Kong/developer.konghq.com@bc1cd742 app/_data/products/gateway.yml",
    ],
  },
];
