import type { Example } from "#test/src/kong/catalogue/example.ts";

const hybrid = { deployment: { topology: "hybrid" } } as const;
const traditional = { deployment: { topology: "traditional" } } as const;

export const hybrid34To315Examples: readonly Example[] = [
  {
    hazard: "34-consumer-group-scope-hybrid",
    from: "3.3.1.1",
    to: "3.4.3.29",
    hits: { ...hybrid, files: { plugin: [{ name: "rate-limiting-advanced", consumer_group: "gold" }] } },
    evidence: ["rate-limiting-advanced", "gold"],
    misses: { ...hybrid, files: { plugin: [{ name: "rate-limiting-advanced", consumer: "ann" }] } },
  },
  { hazard: "36-lmdb-wipe", from: "3.5.0", to: "3.6.1", hits: hybrid, misses: traditional },
  {
    hazard: "310-incremental-stream",
    from: "3.9.1.2",
    to: "3.10.0.2",
    hits: { conf: { incremental_sync: "on", stream_listen: "0.0.0.0:9000" } },
    evidence: ["incremental_sync", "stream_listen"],
    misses: { conf: { incremental_sync: "on", stream_listen: "off" } },
  },
  {
    hazard: "310-dp-backup-import",
    from: "3.9.1.2",
    to: "3.10.0.2",
    hits: { conf: { cluster_fallback_config_import: "on" } },
    evidence: ["cluster_fallback_config_import"],
    misses: { conf: { cluster_fallback_config_export: "on" } },
  },
  {
    hazard: "314-websocket-auth",
    from: "3.13.0.10",
    to: "3.14.0.13",
    hits: { ...hybrid, plugins: [{ name: "acl", protocols: ["http", "wss"], config: { allow: ["shop"] } }] },
    evidence: ["acl", "wss"],
    misses: { ...hybrid, plugins: [{ name: "acl", protocols: ["http", "https"], config: { allow: ["shop"] } }] },
  },
  { hazard: "315-cluster-max-payload", from: "3.14.0.2", to: "3.15.0.4", hits: hybrid, misses: traditional },
];
