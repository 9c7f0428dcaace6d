import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const oldFormat = "^[12](\\.|$)";

/** Commands that write a declarative file into a database. */
const loads = "\\bdeck\\s+(?:gateway\\s+)?(?:sync|apply)\\b|\\bkong\\s+config\\b[^\\n]*\\bdb_import\\b";

/** Changes of declarative files and of what loads them. */
export const declarativeHazards: readonly Hazard[] = [
  {
    id: "30-format-version",
    title: "Declarative files have the format 3.0",
    since: "3.0",
    edition: "both",
    area: "declarative",
    severity: "changes_behaviour",
    when: { kind: "declarative", path: "_format_version", predicate: "matches", value: oldFormat },
    effect:
      "decK 1.15 and later refuse to sync the file into 3.x. Kong itself converts it each time it loads it, with its regex paths, so file and running configuration differ.",
    byMigration: "Nothing in the file: it is converted in memory only.",
    remedy:
      "Convert it with `deck file convert --from kong-gateway-2.x --to kong-gateway-3.x` (for the LTS versions --from 2.8 --to 3.4), give regex paths their ~, and look at every route: the converter reaches only routes below services.",
    fixes: [{ kind: "format_version", to: "3.0" }, { kind: "migrate_path" }],
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/deck@v1.65.1 convert/convert.go",
      "Kong/deck pull request 753",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-no-sync-of-2x-files",
    title: "A 2.x file synced into 3.x undoes the migration of paths",
    since: "3.0",
    edition: "both",
    area: "declarative",
    severity: "breaks_traffic",
    applies: { database: ["postgres", "cassandra"] },
    when: {
      any: [
        {
          all: [
            { kind: "declarative", path: "_format_version", predicate: "matches", value: oldFormat },
            { kind: "client", predicate: "matches", value: loads },
          ],
        },
        {
          all: [
            { kind: "declarative", path: "_format_version", predicate: "matches", value: oldFormat },
            { kind: "manual", question: "Does a pipeline or a person load these files into Kong (decK, db_import)?" },
          ],
        },
      ],
    },
    effect:
      "The next run of the pipeline writes regex paths without ~ over the migrated ones; they are plain text then, and their requests get 404.",
    remedy:
      "Stop the pipelines before the upgrade. After it take a fresh `deck gateway dump`, replace the files in the repository with it, and only then let them run again.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.0.0.0",
      "Kong docs, upgrade guide 3.0.x",
    ],
  },
  {
    id: "30-lua-declarative",
    title: "Declarative files in Lua cannot be loaded any more",
    since: "3.0",
    edition: "both",
    area: "declarative",
    severity: "stops_start",
    when: {
      any: [
        { kind: "file", predicate: "path_matches", value: "\\.lua$" },
        {
          kind: "client",
          predicate: "matches",
          value: "kong\\s+config\\s+(?:\\S+\\s+)*?(db_import|parse)\\s+\\S+\\.lua\\b",
        },
        { kind: "conf", key: "declarative_config", predicate: "matches", value: "\\.lua$" },
      ],
    },
    effect:
      "`kong config db_import` and `kong config parse` fail on the file, and a DB-less node with such a declarative_config does not start.",
    remedy: "Write the file as YAML or JSON before the upgrade, and change the scripts that name it.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/kong@3.0.0 CHANGELOG.md",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-deck-version",
    title: "decK older than 1.15 does not know Kong 3.x",
    since: "3.0",
    edition: "both",
    area: "declarative",
    severity: "breaks_traffic",
    when: {
      any: [
        {
          kind: "client",
          predicate: "matches",
          value:
            "(?i)\\bdeck(?:[^\\s\"']{0,80}[:/_@-]v?|[_-]?version[\"']?\\s*[:=]\\s*[\"']?v?)(?:0|1\\.(?:\\d|1[0-4]))(?:\\.|\\b(?![.\\d]))",
        },
        {
          all: [
            // `deck gateway sync` and the like are spelt so since 1.28.
            {
              kind: "client",
              predicate: "matches",
              value: "\\bdeck\\s+(?:ping|dump|diff|sync|validate|reset|convert)\\b",
            },
            { kind: "manual", question: "Is decK 1.15 or later installed wherever it is used on this Kong?" },
          ],
        },
      ],
    },
    effect:
      "An older decK has the entities of 2.x only: what it writes into the target lacks ~ and other new fields, and it cannot convert a file.",
    remedy:
      "Take the newest decK, which works with every version that Kong supports; to convert from 2.8 to 3.4 it needs 1.47.",
    sources: [
      "Kong/deck@v1.65.1 CHANGELOG.md 1.15.0, 1.28.0 and 1.47.0",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide, prerequisites",
    ],
  },
  {
    id: "34-declarative-unique",
    title: "Declarative files with the same key or name twice are refused",
    since: "3.4",
    edition: "both",
    area: "declarative",
    severity: "stops_start",
    applies: { topology: ["dbless"] },
    when: { kind: "declarative", path: "*", predicate: "has_duplicate_keys" },
    effect: "The node does not start with this file, and POST /config refuses it; before, one of the two won silently.",
    remedy: "Remove or rename one of them, and check the file with the new version: `kong config parse kong.yml`.",
    sources: ["Kong/kong@3.4.0 CHANGELOG.md"],
  },
  {
    id: "39-huggingface",
    title: "ai-rate-limiting-advanced: the provider huggingface is unknown to older versions",
    since: "3.9",
    edition: "enterprise",
    area: "declarative",
    severity: "info",
    when: {
      kind: "plugin",
      name: "ai-rate-limiting-advanced",
      path: "config.llm_providers[*].name",
      predicate: "equals",
      value: "huggingface",
    },
    effect: "The upgrade is not touched; a file dumped from 3.9 is refused by an older version on the way back.",
    remedy: "For a way back change the name to requestPrompt in the dumped file.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.9"],
  },
];
