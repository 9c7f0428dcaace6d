import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** Scripts that write configuration: decK, the command line, or a writing method. */
const writes = [
  "\\bdeck\\s+(?:gateway\\s+)?(?:sync|apply|reset)\\b",
  "\\bkong\\s+config\\s+db_import\\b",
  "(?:-X|--request)[\\s=]*(?:post|put|patch|delete)\\b",
  "\\b(?:requests|axios|client|session)\\.(?:post|put|patch|delete)\\(",
  "\\bhttp\\s+(?:post|put|patch|delete)\\b",
].join("|");

/** What holds for every upgrade, whatever the versions. */
export const generalHazards: readonly Hazard[] = [
  {
    id: "gen-no-admin-writes",
    title: "Which pipelines, controllers and people write configuration, and are all of them stopped?",
    since: "any",
    edition: "both",
    area: "general",
    severity: "breaks_traffic",
    applies: { database: ["postgres", "cassandra"] },
    when: {
      any: [
        { kind: "client", predicate: "matches", value: `(?i)${writes}` },
        { kind: "deployment", path: "config_management", predicate: "in", value: ["deck", "gitops", "kic"] },
        {
          kind: "manual",
          question:
            "Are all pipelines, controllers (ingress controller, operators), portals and people that write configuration stopped?",
        },
      ],
    },
    effect:
      "What they write after the backup is lost on the way back, and 2.x files synced into 3.x undo the migration of paths.",
    remedy:
      "List them and stop each; take a fresh dump of the upgraded configuration into the repository afterwards. In blue-green a write that cannot wait goes to the old side only.",
    sources: [
      "Kong docs, upgrade page of 2.x",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
      "Kong docs, in-place upgrade 3.7, step 1",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/upgrade/*.md",
    ],
  },
  {
    id: "gen-dbless-writes",
    title: "Who loads configuration into DB-less nodes, and is that stopped?",
    since: "any",
    edition: "both",
    area: "general",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "dbless" },
        {
          kind: "manual",
          question: "Is everything stopped that changes kong.yml, posts to /config or drives the ingress controller?",
        },
      ],
    },
    effect:
      "Old and new nodes serve different configurations while both carry traffic, and an old file may go into a new node.",
    remedy: "Keep one file for the time of the upgrade, and a copy of it for the way back.",
    sources: ["Kong docs, Enterprise LTS 2.8 to 3.4 guide, rolling upgrade"],
  },
  {
    id: "gen-downtime",
    title: "Is the downtime announced and agreed?",
    since: "any",
    edition: "both",
    area: "general",
    severity: "breaks_traffic",
    applies: {
      strategy: ["in-place", "control-plane-first", "oss-to-enterprise"],
      topology: ["traditional", "hybrid"],
    },
    when: { kind: "manual", question: "Is the downtime announced and agreed, with the time of a restore added?" },
    effect:
      "In place, nothing is served between the stop of the old nodes and the start of the new ones; in hybrid mode nothing can be configured.",
    remedy: "Agree on a window; add the time of a restore to it.",
    sources: [
      "Kong docs, in-place upgrade 3.7",
      "Kong docs, upgrade page of 2.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide, in-place upgrade",
    ],
  },
  {
    id: "gen-staging",
    title: "Was the new version tested with a copy of this configuration?",
    since: "any",
    edition: "both",
    area: "general",
    severity: "breaks_traffic",
    when: {
      all: [
        {
          any: [
            { kind: "version", path: "from", predicate: "minor_differs_from_target" },
            { kind: "deployment", path: "edition_change", predicate: "equals", value: "oss->enterprise" },
          ],
        },
        { kind: "manual", question: "Was the new version tested with a copy of this configuration and database?" },
      ],
    },
    effect:
      "What no list of changes knows shows only under your own requests: each kind of authentication, each plugin, the busiest paths.",
    remedy: "Restore the backup into a test environment, upgrade it the same way and run the smoke tests there.",
    sources: [
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide, in-place upgrade: staging tests",
      "Kong docs, upgrade page of 2.x, steps 4 to 8",
      "Kong blog, OSS to Enterprise",
    ],
  },
  {
    id: "gen-capacity",
    title: "Do the new nodes have at least the capacity of the old ones?",
    since: "any",
    edition: "both",
    area: "general",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "version", path: "from", predicate: "minor_differs_from_target" },
        {
          kind: "manual",
          question: "Do the new nodes have at least the CPU, the memory and the limit of open files of the old ones?",
        },
      ],
    },
    effect: "Kong asks for the same size; memory per worker is higher in 3.x.",
    remedy: "Compare CPU, memory and limits of open files.",
    sources: [
      "Kong docs, in-place upgrade 3.7, step 6",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide, dual-cluster upgrade, step 1",
    ],
  },
  {
    id: "gen-counters",
    title: "Two databases do not share counters",
    since: "any",
    edition: "both",
    area: "general",
    severity: "changes_behaviour",
    applies: { strategy: ["dual-cluster", "cassandra-copy", "fresh-data-store"] },
    when: {
      any: [
        { kind: "plugin", name: "rate-limiting", path: "config.policy", predicate: "equals", value: "cluster" },
        { kind: "plugin", name: "response-ratelimiting", path: "config.policy", predicate: "equals", value: "cluster" },
        {
          kind: "plugin",
          name: "rate-limiting-advanced",
          path: "config.strategy",
          predicate: "equals",
          value: "cluster",
        },
        {
          kind: "plugin",
          name: "graphql-rate-limiting-advanced",
          path: "config.strategy",
          predicate: "equals",
          value: "cluster",
        },
        { kind: "conf", key: "vitals", predicate: "equals", value: "on" },
      ],
    },
    effect:
      "While both clusters serve, each counts in its own database: a consumer can use a limit twice within one window, and Vitals have a gap.",
    remedy:
      "Accept it for the time of the shift (look at the longest window), or count in Redis that both clusters reach.",
    sources: [
      "Kong docs, upgrade page of 2.x, blue/green deployments",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide, dual-cluster upgrade",
    ],
  },
  {
    id: "gen-keyring",
    title: "Encrypted fields are lost without the keyring's material",
    since: "any",
    edition: "enterprise",
    area: "general",
    severity: "stops_start",
    when: { kind: "conf", key: "keyring_enabled", predicate: "equals", value: "on" },
    effect:
      "A restored database is unreadable in its encrypted fields without the keys, and nobody can bring them back.",
    remedy: "Export the keyring and keep the recovery key apart from the database's backup; try a recovery before.",
    sources: ["Kong docs, Enterprise LTS 2.8 to 3.4 guide, keyring materials backup"],
  },
];
