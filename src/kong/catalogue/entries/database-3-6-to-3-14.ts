import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** From here on a single statement (a rewritten table, an index) may well last longer than 5 s; an estimate of our own. */
const slowStatementBytes = 500_000_000;

export const database36To314Hazards: readonly Hazard[] = [
  {
    id: "36-pca-migration",
    title: "An old migration of proxy-cache-advanced can block the change from OSS to Enterprise",
    since: "any",
    fixedIn: ["3.6"],
    edition: "both",
    area: "database",
    severity: "stops_start",
    when: { kind: "deployment", path: "edition_change", predicate: "equals", value: "oss->enterprise" },
    effect:
      "`kong migrations up` of the Enterprise package may stop at 001_035_to_050 of proxy-cache-advanced. Enterprise 3.6 and later ship without it.",
    remedy: "Run the change against a copy of the database first; if it stops there, take a target from 3.6 on.",
    note: "Kong's own walk-through of the change at 3.1 did not stop, so it depends on the database.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.6",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.6.0.0",
    ],
  },
  {
    id: "36-hybrid-license",
    title: "Counts of entities per workspace are made anew after migrations",
    since: "3.6",
    edition: "enterprise",
    area: "database",
    severity: "info",
    when: { kind: "deployment", path: "database", predicate: "equals", value: "postgres" },
    effect:
      "After `up` and `finish` Kong counts the entities of every workspace, so the commands do more than migrate.",
    remedy: "If counts are wrong afterwards: `kong migrations reinitialize-workspace-entity-counters`.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.6.0.0, 3.10.0.5"],
  },
  {
    id: "37-otel-migration",
    title: "The migration of opentelemetry fails from below 3.3 straight to 3.7",
    since: "3.7",
    fixedIn: ["3.8"],
    edition: "both",
    area: "database",
    severity: "stops_start",
    when: {
      all: [
        { kind: "plugin", name: "opentelemetry" },
        { kind: "version", path: "from", predicate: "version_lt", value: "3.3" },
      ],
    },
    effect:
      "`kong migrations` fails at the opentelemetry plugin that is configured here, and no node of the target starts.",
    remedy: "Choose 3.8.0 or later, or stop at 3.4 first.",
    sources: [
      "Kong/kong@3.8.0 CHANGELOG.md",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.8.0.0",
    ],
  },
  {
    id: "37-pg-timeout",
    title: "`kong migrations` gives a statement 5 s only",
    since: "3.7",
    edition: "both",
    area: "database",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "deployment", path: "database", predicate: "equals", value: "postgres" },
        { kind: "database_server", path: "size_bytes", predicate: "gte", value: slowStatementBytes },
      ],
    },
    effect:
      "On a database of this size a statement can last longer than 5 s: the migration fails, and PostgreSQL goes on with the statement behind it. A lock held by a dump or a long transaction does the same on a small one.",
    remedy:
      "Pass --db-timeout (seconds), or set pg_timeout, well above what a rewrite of the largest table takes; let dumps and long transactions end before.",
    note: "The size is an estimate of ours; how long a statement lasts depends on the server. Up to 3.6 the command line set 60 s by itself.",
    sources: ["Kong/kong@3.7.0 CHANGELOG.md", "Kong/kong@3.7.0 kong/cmd/migrations.lua", "own recorded run of 3.9.3"],
  },
  {
    id: "38-migration-redis-sql",
    title: "3.8.0.0 to 3.8.1.0: a migration of Redis settings can fail",
    since: "3.8.0.0",
    fixedIn: ["3.8.1.1", "3.9"],
    edition: "enterprise",
    area: "database",
    severity: "stops_start",
    when: {
      any: [
        { kind: "plugin", name: "rate-limiting-advanced" },
        { kind: "plugin", name: "proxy-cache-advanced" },
        { kind: "plugin", name: "graphql-rate-limiting-advanced" },
        { kind: "plugin", name: "graphql-proxy-cache-advanced" },
      ],
    },
    effect:
      "`kong migrations` can end with an SQL error at the Redis settings of these plugins, and the target does not start.",
    remedy: "Take 3.8.1.1, or 3.9 and later.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.8.1.1, 3.9.0.0"],
  },
  {
    id: "310-file-log-spaces",
    title: "file-log: a path with a space at its start or end makes the migration fail",
    since: "3.10",
    fixedIn: ["3.10.0.7", "3.11.0.7", "3.12.0.1", "3.13"],
    edition: "enterprise",
    area: "database",
    severity: "stops_start",
    when: { kind: "plugin", name: "file-log", path: "config.path", predicate: "matches", value: "^\\s|\\s$" },
    effect: "`kong migrations` stops at this plugin, and no node of the target starts.",
    remedy: "Trim the path before the upgrade, or take a patch with the fix.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.10.0.7, 3.11.0.7, 3.12.0.1, 3.13.0.0",
    ],
  },
  {
    id: "310-auth-migration-order",
    title: "Migrations of basic-auth and key-auth can run before the tables they need",
    since: "3.10",
    fixedIn: ["3.10.0.7", "3.11.0.7", "3.12.0.1", "3.13"],
    edition: "enterprise",
    area: "database",
    severity: "stops_start",
    when: { kind: "deployment", path: "database", predicate: "equals", value: "postgres" },
    effect: "`kong migrations up` of exactly this target can end with a missing relation.",
    remedy: "Take a patch with the fix: 3.10.0.7, 3.11.0.7, 3.12.0.1, or 3.13 and later.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.10.0.7, 3.11.0.7, 3.12.0.1, 3.13.0.0",
    ],
  },
  {
    id: "311-ai-license-migration",
    title: "3.11.0.0: the migration fails when AI plugins were in use for more than a week",
    since: "3.11.0.0",
    fixedIn: ["3.11.0.1", "3.12"],
    edition: "enterprise",
    area: "database",
    severity: "stops_start",
    when: {
      all: [
        { kind: "plugin", name: "/^ai-/" },
        { kind: "version", path: "from", predicate: "version_gte", value: "3.10" },
      ],
    },
    effect: "`kong migrations up` fails at the usage counters of these plugins once they hold more than a week.",
    remedy:
      "Take 3.11.0.1 or later; else empty the table license_llm_data with a `kong runner` script before the migrations.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.11, known issues",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.11.0.1",
    ],
  },
  {
    id: "314-tls-pg",
    title: "PostgreSQL over TLS without verification can stop the start",
    since: "3.14",
    edition: "enterprise",
    area: "database",
    severity: "stops_start",
    applies: { database: ["postgres"], conf: { tls_certificate_verify: ["unset", "on"] } },
    when: {
      all: [
        { kind: "conf", key: "pg_ssl", predicate: "equals", value: "on" },
        {
          any: [
            { kind: "conf", key: "pg_ssl_verify", predicate: "absent" },
            { kind: "conf", key: "pg_ssl_verify", predicate: "equals", value: "off" },
          ],
        },
      ],
    },
    effect:
      "tls_certificate_verify is on by default, and this configuration talks to PostgreSQL without verifying its certificate: nodes can refuse to start.",
    remedy:
      "Add the server's authority to lua_ssl_trusted_certificate and set pg_ssl_verify = on; tls_certificate_verify = off brings the old behaviour back.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/tls-verify-314.md"],
  },
  {
    id: "314-db-validation",
    title: "Settings of the database are checked at the start",
    since: "3.14",
    edition: "enterprise",
    area: "database",
    severity: "stops_start",
    when: {
      all: [
        { kind: "deployment", path: "database", predicate: "equals", value: "postgres" },
        {
          kind: "manual",
          question:
            "Does the target's package, with this kong.conf on a host of its own, report any error for `kong check` or `kong migrations list`?",
        },
      ],
    },
    effect: "A setting of the connection that older versions let pass stops the start.",
    remedy: "Try the pg_* settings with the target's package (`kong check`, `kong migrations list`) before the window.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-310-314.md"],
  },
];
