import type { Hazard } from "#src/kong/catalogue/hazard.ts";

export const declarativeHazards: readonly Hazard[] = [
  {
    id: "30-format-version",
    title: "_format_version is 3.0",
    since: "3.0",
    edition: "both",
    area: "declarative",
    severity: "changes_behaviour",
    when: { kind: "declarative", path: "_format_version", predicate: "in", value: ["1.1", "2.1"] },
    effect: "",
    byMigration: "older files are upgraded in memory when Kong itself loads them",
    remedy:
      "Convert files kept in Git with deck file convert (kong-gateway-2.x to kong-gateway-3.x, or --from 2.8 --to 3.4) and review regex paths; check nested and top-level routes, the 2.x->3.x converter only handles routes nested under services.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/deck@v1.65.1 convert/convert.go",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-no-sync-of-2x-files",
    title: "Syncing a 2.x decK file into 3.x undoes the path migration",
    since: "3.0",
    edition: "both",
    area: "declarative",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "declarative", path: "_format_version", predicate: "in", value: ["1.1", "2.1"] },
        { kind: "deployment", path: "config_management", predicate: "in", value: ["deck", "gitops"] },
      ],
    },
    effect: "",
    remedy:
      "After the migration take a fresh `deck gateway dump` and replace the files in the repository; freeze pipelines during the upgrade.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.0.0.0",
      "Kong docs, upgrade guide 3.0.x",
    ],
  },
  {
    id: "30-lua-declarative",
    title: ".lua files cannot be imported any more",
    since: "3.0",
    edition: "both",
    area: "declarative",
    severity: "stops_start",
    when: {
      any: [
        { kind: "file", predicate: "path_matches", value: "\\.lua$" },
        { kind: "client", predicate: "matches", value: "kong\\s+config\\s+(db_import|parse)\\s+\\S+\\.lua" },
        { kind: "conf", key: "declarative_config", predicate: "matches", value: "\\.lua$" },
      ],
    },
    effect: "",
    remedy: "Convert to YAML or JSON before the upgrade.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/kong@3.0.0 CHANGELOG.md",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "34-declarative-unique",
    title: "Declarative files are checked for duplicate keys and names",
    since: "3.4",
    edition: "both",
    area: "declarative",
    severity: "stops_start",
    applies: { topology: ["dbless"] },
    when: { kind: "declarative", path: "*", predicate: "has_duplicate_keys" },
    effect: "",
    remedy: "Check the file with the new version: kong config parse kong.yml.",
    sources: ["Kong/kong@3.4.0 CHANGELOG.md"],
  },
  {
    id: "39-huggingface",
    title: "ai-rate-limiting-advanced: provider huggingface (older: requestPrompt)",
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
    effect: "",
    remedy: "Only for going back: change the name to requestPrompt in the file.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.9"],
  },
];
