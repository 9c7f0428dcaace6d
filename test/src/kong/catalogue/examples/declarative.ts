import type { Example } from "#test/src/kong/catalogue/example.ts";

export const declarativeExamples: readonly Example[] = [
  {
    hazard: "30-format-version",
    hits: { declarative: [{ file: "gateway/kong.yml", formatVersion: "1.1" }] },
    evidence: ["gateway/kong.yml", "1.1"],
    misses: { declarative: [{ file: "gateway/kong.yml", formatVersion: "3.0" }] },
  },
  {
    hazard: "30-no-sync-of-2x-files",
    hits: {
      declarative: [{ file: "gateway/kong.yml", formatVersion: "2.1" }],
      scripts: "deck sync -s gateway/kong.yml\n",
    },
    evidence: ["gateway/kong.yml", "2.1"],
    misses: {
      declarative: [{ file: "gateway/kong.yml", formatVersion: "3.0" }],
      scripts: "deck sync -s gateway/kong.yml\n",
    },
  },
  {
    hazard: "30-lua-declarative",
    hits: { declarative: [{ file: "gateway/config.lua" }], scripts: "", conf: {} },
    evidence: ["gateway/config.lua"],
    misses: {
      declarative: [{ file: "gateway/kong.yml", formatVersion: "3.0" }],
      scripts: "kong config -c /etc/kong/kong.conf db_import kong.yml && lua check.lua",
      conf: { declarative_config: "/etc/kong/kong.yml" },
    },
  },
  {
    hazard: "30-deck-version",
    hits: { scripts: "docker run --rm kong/deck:v1.12.3 sync -s gateway/kong.yml\n" },
    evidence: ["kong/deck:v1.12.3"],
    misses: { scripts: "docker run --rm kong/deck:v1.47.0 gateway sync gateway/kong.yml\n" },
  },
  {
    hazard: "34-declarative-unique",
    hits: {
      deployment: { topology: "dbless" },
      declarative: [
        { formatVersion: "3.0", duplicateKeys: [{ what: "routes[3] and routes[7]: name orders", line: 41 }] },
      ],
    },
    evidence: ["kong.yml", "orders"],
    misses: { deployment: { topology: "dbless" }, declarative: [{ formatVersion: "3.0", duplicateKeys: [] }] },
  },
  {
    hazard: "39-huggingface",
    hits: {
      plugins: [{ name: "ai-rate-limiting-advanced", config: { llm_providers: [{ name: "huggingface" }] } }],
    },
    evidence: ["ai-rate-limiting-advanced", "huggingface"],
    misses: { plugins: [{ name: "ai-rate-limiting-advanced", config: { llm_providers: [{ name: "openai" }] } }] },
  },
];
