import type { Example } from "#test/src/kong/catalogue/example.ts";

const postgres = { deployment: { database: "postgres", topology: "traditional" } } as const;
const dbless = { deployment: { database: "off", topology: "dbless" } } as const;
const minor = { from: "3.4.2", to: "3.5.0" };
const patch = { from: "3.4.1", to: "3.4.2" };

const counted = [{ name: "rate-limiting", config: { minute: 5, policy: "cluster" } }];

export const generalExamples: readonly Example[] = [
  {
    hazard: "gen-no-admin-writes",
    hits: { ...postgres, scripts: "deck gateway sync kong.yml\n" },
    evidence: ["deck gateway sync"],
    misses: dbless,
  },
  { hazard: "gen-dbless-writes", hits: dbless, misses: postgres },
  {
    hazard: "gen-downtime",
    hits: { deployment: { strategy: "control-plane-first", topology: "hybrid" } },
    misses: { deployment: { strategy: "dual-cluster", topology: "traditional" } },
  },
  { hazard: "gen-staging", ...minor, hits: {}, misses: {}, missesHop: patch },
  { hazard: "gen-capacity", ...minor, hits: {}, misses: {}, missesHop: patch },
  {
    hazard: "gen-counters",
    hits: { deployment: { strategy: "cassandra-copy" }, plugins: counted, conf: {} },
    evidence: ["rate-limiting", "cluster"],
    misses: { deployment: { strategy: "in-place" }, plugins: counted, conf: {} },
  },
  {
    hazard: "gen-keyring",
    from: "3.3.1.1",
    to: "3.4.3.29",
    hits: { conf: { keyring_enabled: "on" } },
    evidence: ["keyring_enabled"],
    misses: { conf: { keyring_enabled: "off" } },
  },
];
