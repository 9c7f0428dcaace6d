import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** A path with any of the characters that Kong's own test takes for a regex; `up` and `up -f` rewrite such paths. */
const regexPath = "^[a-zA-Z0-9.\\-_~/%]*$";

export const database21To34Hazards: readonly Hazard[] = [
  {
    id: "21-finish-needed-before-admin-writes",
    title: "Nobody may write through new nodes between `up` and `finish`",
    since: "any",
    edition: "both",
    area: "database",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "strategy", predicate: "in", value: ["blue-green", "helm"] },
        { kind: "deployment", path: "database", predicate: "in", value: ["postgres", "cassandra"] },
        {
          kind: "manual",
          question:
            "Is the Admin API of the new nodes closed (admin_listen = off or a firewall) until `kong migrations finish` has run?",
        },
      ],
    },
    effect:
      "What new nodes write before `finish` can be in a form that the old nodes do not understand, and was even ignored: after 2.0 to 2.1 an authentication plugin created that way let every request through.",
    remedy:
      "Close the Admin API of the new nodes until `finish`. A write that cannot wait goes through an old node, before `up` has rewritten anything it needs.",
    sources: ["Kong/kong issue #6172 (2.0 to 2.1)", "Kong docs, upgrade guide 3.0.x, PostgreSQL, steps 3 and 6"],
  },
  {
    id: "21-cassandra-schema-21",
    title: "Cassandra tables of 2.1 and older do not fit later versions",
    since: "2.2",
    edition: "both",
    area: "database",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "database", predicate: "equals", value: "cassandra" },
        { kind: "version", path: "from", predicate: "version_lt", value: "2.2" },
      ],
    },
    effect:
      "Old and new nodes cannot use this keyspace at the same time: once `kong migrations up` has run, the running nodes fail, so there is a downtime until the new ones serve.",
    remedy:
      "Plan the downtime, or bootstrap a new keyspace with the new version and copy the data with `kong config db_export` and `kong config db_import`.",
    sources: ["Kong docs, upgrade guide 3.0.x, Cassandra"],
  },
  {
    id: "22-cassandra-2-deprecated",
    title: "Cassandra 2.x is deprecated",
    since: "2.2",
    edition: "both",
    area: "database",
    severity: "deprecation",
    when: {
      all: [
        { kind: "deployment", path: "database", predicate: "equals", value: "cassandra" },
        { kind: "database_server", path: "version", predicate: "version_lt", value: "3.0" },
      ],
    },
    effect: "This cluster still works with the target, with a warning; no later version promises it.",
    remedy: "Upgrade Cassandra to 3.x, or move to PostgreSQL.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.2.0"],
  },
  {
    id: "27-cassandra-deprecated",
    title: "Cassandra is deprecated",
    since: "2.7",
    edition: "both",
    area: "database",
    severity: "deprecation",
    when: {
      all: [
        { kind: "deployment", path: "database", predicate: "equals", value: "cassandra" },
        { kind: "version", path: "to", predicate: "version_lt", value: "3.4" },
      ],
    },
    effect: "The target still runs on Cassandra, but this installation can never go beyond 3.3 with it.",
    remedy: "Plan the move to PostgreSQL before 3.4.",
    sources: [
      "Kong/kong@master CHANGELOG-OLD.md 2.7.0",
      "Kong/kong@3.4.0 CHANGELOG.md",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-targets-duplicate",
    title: "Targets of upstreams are made unique",
    since: "3.0",
    edition: "both",
    area: "database",
    severity: "changes_behaviour",
    when: { kind: "upstream", path: "targets[*].target", predicate: "has_duplicates" },
    effect:
      "Of every target that an upstream lists twice only the newest entry is left, so its weight may change and the count of targets falls; a script that creates it again gets 409.",
    byMigration:
      "`finish` keeps the newest entry of each target, deletes the others and fills targets.cache_key (core/016_280_to_300).",
    remedy: "Delete the entries that should not stay before the upgrade, so that the right weight is left.",
    note: "Entries with the very same created_at, as one import makes them, are all left, and `finish` then stops because targets.cache_key has to be unique.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.0.0.0",
      "Kong/kong@3.0.0 kong/db/migrations/core/016_280_to_300.lua",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-from-1x",
    title: "No direct way from 1.x or 2.0 to 3.x",
    since: "3.0",
    edition: "both",
    area: "database",
    severity: "stops_start",
    when: { kind: "version", path: "from", predicate: "version_lt", value: "2.1" },
    effect: "Nobody has tested the migrations of 3.x on a database this old; they can fail halfway.",
    remedy: "Go to the latest 2.8 first (2.1.0 at the least), finish its migrations, and upgrade to 3.x from there.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/upgrade/reference.md",
      "Kong docs, upgrade guide 3.0.x",
    ],
  },
  {
    id: "30-blue-green-min",
    title: "The running version is too old for blue-green on one database",
    since: "3.0",
    edition: "both",
    area: "database",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "strategy", predicate: "equals", value: "blue-green" },
        { kind: "version", path: "from", predicate: "version_lt", value: "2.8.2" },
      ],
    },
    effect:
      "`kong migrations up` puts ~ before the regex paths that the old nodes go on reading, and nodes older than 2.8.2 do not understand it: they answer 404 on every regex route while they still carry the traffic.",
    remedy: "Go to 2.8.2 or later first, or use a second database (dual-cluster).",
    note: "The 3.0 upgrade guide calls 2.1.0 enough; newer pages and the code (fd4a1594be in 2.8.2) say 2.8.2. The stricter rule is used.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/upgrade/blue-green.md",
      "Kong docs, upgrade guide 3.0.x",
    ],
  },
  {
    id: "30-migrations-up-route-check",
    title: "Enterprise `kong migrations up` stops at regexes that the new router cannot handle",
    since: "3.1.1.2",
    edition: "enterprise",
    area: "database",
    severity: "stops_start",
    when: {
      any: [
        { kind: "route", path: "paths[*]", predicate: "matches", value: "\\(\\?(?:=|!|<=|<!)" },
        { kind: "route", path: "paths[*]", predicate: "matches", value: "\\\\[1-9]|\\(\\?P=|\\\\k[<{\\']" },
      ],
    },
    effect:
      "`kong migrations up` names these routes and stops before it changes anything, in the middle of the window.",
    remedy: "Rewrite these paths on the old version before the window, then run `up`.",
    note: "Whether every later Enterprise version keeps this check cannot be seen.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.1.1.2",
      "Kong/kong branch release/3.1.x kong/db/migrations/validate_path_280_300.lua",
    ],
  },
  {
    id: "33-expired-rows-trigger",
    title: "Expired rows are deleted by triggers of the database",
    since: "3.3",
    edition: "both",
    area: "database",
    severity: "info",
    when: { kind: "deployment", path: "database", predicate: "equals", value: "postgres" },
    effect:
      "Expired rows of rate limiting, sessions, ACME and OAuth 2 go when a new row is written, not by a timer of Kong. `up` creates the triggers, for which Kong's role must own these tables.",
    remedy: "Check with `\\d rate_limiting_metrics` in psql that Kong's role owns its tables.",
    sources: ["Kong/kong@3.3.0 CHANGELOG.md", "Kong/kong@3.3.1 kong/db/migrations/core/019_320_to_330.lua"],
  },
  {
    id: "34-cassandra-removed",
    title: "Cassandra is not supported any more",
    since: "3.4",
    edition: "both",
    area: "database",
    severity: "stops_start",
    when: {
      any: [
        { kind: "deployment", path: "database", predicate: "equals", value: "cassandra" },
        { kind: "conf", key: "database", predicate: "equals", value: "cassandra" },
      ],
    },
    effect:
      'No node of the target starts and no `kong migrations` runs: all end with "Cassandra as a datastore for Kong is not supported in versions 3.4 and above".',
    remedy:
      "Move to PostgreSQL on the running version first: a second cluster of the same version, decK dump and sync of every workspace, traffic over; then upgrade. Delete the cassandra_* keys.",
    note: "The 3.0 upgrade guide expected the removal in 4.0.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.4",
      "Kong/kong@3.4.0 CHANGELOG.md",
      "own recorded runs of 3.4.2 and 3.9.3",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "34-migrations-force-new-plugins",
    title: "Adding plugins with -f breaks the regex routes",
    since: "any",
    edition: "both",
    area: "database",
    severity: "breaks_traffic",
    applies: { database: ["postgres", "cassandra"] },
    when: {
      all: [
        { kind: "version", path: "to", predicate: "version_gte", value: "3.0" },
        { kind: "route", path: "paths[*]", predicate: "not_matches", value: regexPath },
        {
          kind: "manual",
          question: "Will plugins (own ones or newly bundled ones) be added together with the upgrade?",
        },
      ],
    },
    effect:
      "Kong's documents advise `kong migrations up -f` for the migrations of added plugins. It runs all migrations again, and the one of 3.0 puts a second ~ before every regex path here, which then matches nothing.",
    remedy:
      "Add the plugins after the upgrade with a plain `kong migrations up` and the plugin named in KONG_PLUGINS; never use -f while regex routes exist.",
    note: "Seen by running the migration's module of 3.0 to 3.9; not verified on Enterprise.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.4, known issues",
      "Kong docs, in-place upgrade 3.7",
      "Kong docs, upgrade guide 3.0.x, Kong plugins",
      "Kong/kong kong/db/migrations/migrate_path_280_300.lua, 3.0 to 3.9",
    ],
  },
];
