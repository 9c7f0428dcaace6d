import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** What goes wrong in the course of an upgrade: order, nodes, packages, places. */
export const generalCourseHazards: readonly Hazard[] = [
  {
    id: "gen-licence-ends",
    title: "The licence ends soon",
    since: "any",
    edition: "enterprise",
    area: "general",
    severity: "changes_behaviour",
    when: { kind: "license", path: "expiration_date", predicate: "before_plus_days", value: 30 },
    effect:
      "After that day Enterprise features become read-only (from 3.15 the whole Admin API), in the middle of the upgrade or on the way back from it.",
    remedy: "Apply the new licence on the running version before the upgrade.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.4.3.5",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.15",
    ],
  },
  {
    id: "gen-old-node-after-finish",
    title: "No old node may start after `finish`",
    since: "any",
    edition: "both",
    area: "general",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "deployment", path: "strategy", predicate: "in", value: ["blue-green", "helm"] },
        { kind: "helm_values", path: "env.database", predicate: "equals", value: "postgres" },
      ],
    },
    effect:
      "An autoscaler, a unit or a rollback that starts an old node on the finished database is not stopped by anything (2.8.5 starts on a finished 3.4.2), and the data it needs may be gone.",
    remedy: "Take the old nodes out of load balancer, autoscaling and units before `finish`.",
    sources: ["Kong docs, upgrade guide 3.0.x, PostgreSQL, step 6", "own recorded run: 2.8.5 on a database of 3.4.2"],
  },
  {
    id: "gen-plugins-list",
    title: "A plugin that is not named in `plugins` during migrations is not migrated",
    since: "any",
    edition: "both",
    area: "general",
    severity: "stops_start",
    when: { kind: "custom_plugin", path: "has_migrations", predicate: "equals", value: true },
    effect:
      "If `kong migrations` runs where this plugin is missing or not named, its tables stay behind, and nodes that load it do not start.",
    remedy: "Run migrations with the same KONG_PLUGINS and lua_package_path as the nodes, in the Helm job as well.",
    sources: [
      "Kong docs, upgrade guide 3.0.x, Kong plugins (KONG_PLUGINS)",
      "Kong/kong@3.9.3 kong/db/migrations/subsystems.lua",
    ],
  },
  {
    id: "gen-added-plugins",
    title: "Plugins that are added need migrations of their own",
    since: "any",
    edition: "both",
    area: "general",
    severity: "info",
    applies: { database: ["postgres", "cassandra"] },
    when: {
      kind: "manual",
      question: "Will plugins, own ones or newly bundled ones, be enabled together with the upgrade?",
    },
    effect: "A plugin that was not enabled while `kong migrations` ran has no tables: nodes that load it do not start.",
    remedy:
      "Name it in KONG_PLUGINS (for example KONG_PLUGINS=bundled,NAME) for `kong migrations up` and `finish`, without -f, best after the upgrade; look at `kong migrations list` before a node loads it.",
    note: "Kong's page on in-place upgrades of 3.7 advises -f for this. It repeats all migrations, and the one of 3.0 is not made for that.",
    sources: [
      "Kong docs, upgrade guide 3.0.x, Kong plugins",
      "Kong docs, in-place upgrade 3.7",
      "Kong/kong@3.9.3 kong/db/migrations/subsystems.lua",
    ],
  },
  {
    id: "gen-one-node-at-a-time",
    title: "Migrations run from one node only",
    since: "any",
    edition: "both",
    area: "general",
    severity: "info",
    applies: { database: ["postgres", "cassandra"] },
    when: { kind: "deployment", path: "node_count", predicate: "gt", value: 1 },
    effect:
      'A second `kong migrations` waits for the lock, or says "another node is performing database changes" with exit status 0, having done nothing.',
    remedy: "Let one node or one job migrate; judge by `kong migrations list`, not by the exit status.",
    sources: ["Kong docs, upgrade page of 2.x", "Kong/kong@3.9.3 kong/db/init.lua", "own recorded runs"],
  },
  {
    id: "gen-old-package-new-schema",
    title: "Old nodes may not work on the migrated schema",
    since: "any",
    edition: "both",
    area: "general",
    severity: "breaks_traffic",
    applies: { database: ["postgres", "cassandra"] },
    when: {
      all: [
        {
          kind: "deployment",
          path: "strategy",
          predicate: "in",
          value: ["in-place", "control-plane-first", "oss-to-enterprise"],
        },
        { kind: "deployment", path: "node_count", predicate: "gt", value: 1 },
      ],
    },
    effect: "A node of the old version that is still running when `kong migrations up` has run may answer wrongly.",
    remedy: "Stop every old node before `up`; check that no other host is connected to the database.",
    sources: ["Kong docs, upgrade page of 2.x", "Kong docs, in-place upgrade 3.7, step 5"],
  },
  {
    id: "gen-mode-change",
    title: "The change from traditional to hybrid mode comes after the upgrade",
    since: "any",
    edition: "both",
    area: "general",
    severity: "info",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "traditional" },
        { kind: "version", path: "from", predicate: "minor_differs_from_target" },
        { kind: "manual", question: "Is this installation to become a hybrid one together with the upgrade?" },
      ],
    },
    effect: "Both at once leaves no way back that was tested, and nobody can tell which of the two broke something.",
    remedy:
      "Finish the upgrade in the old mode, then set up hybrid mode; there rate limiting cannot count in the database (policy or strategy cluster).",
    sources: ["Kong docs, upgrade guide 3.0.x, hybrid mode"],
  },
  {
    id: "gen-migrations-down",
    title: "`kong migrations down` does not exist",
    since: "any",
    edition: "both",
    area: "general",
    severity: "changes_behaviour",
    when: { kind: "client", predicate: "matches", value: "kong\\s+migrations\\s+down" },
    effect: "The way back in this script ends with an error, when it is needed most.",
    remedy: "Go back with the backup of the database and the old package.",
    sources: ["Kong docs, upgrade page of 2.x (names the command)", "Kong/kong@2.8.5 kong/cmd/migrations.lua"],
  },
  {
    id: "gen-defaults-explicit",
    title: "Move to other infrastructure first, upgrade later",
    since: "any",
    edition: "both",
    area: "general",
    severity: "info",
    when: {
      all: [
        { kind: "version", path: "from", predicate: "minor_differs_from_target" },
        {
          kind: "manual",
          question: "Does Kong move to other infrastructure or another cloud together with the upgrade?",
        },
      ],
    },
    effect:
      "Identity providers, DNS and load balancers differ there, and values that were left at their default may no longer fit: two changes at once cannot be told apart.",
    remedy:
      "Keep the version for the move, write the values that matter into kong.conf, and upgrade when it runs well.",
    sources: ["Kong docs, upgrade page of 2.x, migrations to different infrastructure"],
  },
  {
    id: "gen-fresh-data-store",
    title: "A fresh data store starts empty",
    since: "any",
    edition: "both",
    area: "general",
    severity: "breaks_traffic",
    when: { kind: "deployment", path: "strategy", predicate: "in", value: ["fresh-data-store", "fresh"] },
    effect:
      "Only kong.conf is carried over: the new nodes answer 404 to everything until the configuration is loaded, and credentials, sessions and counters stay behind.",
    remedy:
      "Point it at a new, empty database, load converted files before traffic is shifted, and never use `bootstrap -f`.",
    sources: ["Kong docs, upgrade guide 3.0.x, install on a fresh data store"],
  },
];
