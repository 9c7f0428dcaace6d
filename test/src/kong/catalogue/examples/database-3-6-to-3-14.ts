import type { Example } from "#test/src/kong/catalogue/example.ts";

const postgres = { deployment: { database: "postgres" } } as const;
const dbless = { deployment: { database: "off" } } as const;

export const database36To314Examples: readonly Example[] = [
  {
    hazard: "36-pca-migration",
    from: "3.4.2",
    to: "3.4.3.29",
    hits: { deployment: { edition: "oss", editionChange: "oss->enterprise" } },
    misses: { deployment: { edition: "oss", editionChange: "oss->enterprise" } },
    missesHop: { from: "3.7.1", to: "3.7.1.5" },
  },
  { hazard: "36-hybrid-license", from: "3.5.0.7", to: "3.6.1.8", hits: postgres, misses: dbless },
  {
    hazard: "37-otel-migration",
    from: "3.2.2",
    to: "3.7.1",
    hits: { plugins: [{ name: "opentelemetry", config: { endpoint: "http://collector:4318" } }] },
    evidence: ["opentelemetry"],
    misses: { plugins: [{ name: "zipkin", config: {} }] },
  },
  {
    hazard: "37-pg-timeout",
    hits: { ...postgres, database: { kind: "postgres", version: "15.18", sizeBytes: 3_000_000_000 } },
    evidence: ["3000000000"],
    misses: { ...postgres, database: { kind: "postgres", version: "15.18", sizeBytes: 9_000_000 } },
  },
  {
    hazard: "38-migration-redis-sql",
    from: "3.7.1.5",
    to: "3.8.1.0",
    hits: { plugins: [{ name: "rate-limiting-advanced", config: { strategy: "redis" } }] },
    evidence: ["rate-limiting-advanced"],
    misses: { plugins: [{ name: "rate-limiting", config: { policy: "redis" } }] },
  },
  {
    hazard: "310-file-log-spaces",
    from: "3.9.1.2",
    to: "3.10.0.2",
    hits: { plugins: [{ name: "file-log", config: { path: "/var/log/kong.log " } }] },
    evidence: ["file-log", "/var/log/kong.log "],
    misses: { plugins: [{ name: "file-log", config: { path: "/var/log/my kong.log" } }] },
  },
  { hazard: "310-auth-migration-order", from: "3.9.1.2", to: "3.10.0.2", hits: postgres, misses: dbless },
  {
    hazard: "311-ai-license-migration",
    from: "3.10.0.17",
    to: "3.11.0.0",
    hits: { plugins: [{ name: "ai-proxy", config: {} }] },
    evidence: ["ai-proxy"],
    misses: { plugins: [{ name: "jwt", config: {} }] },
  },
  {
    hazard: "314-tls-pg",
    from: "3.10.0.17",
    to: "3.14.0.13",
    hits: { ...postgres, conf: { pg_ssl: "on" } },
    evidence: ["pg_ssl_verify"],
    misses: { ...postgres, conf: { pg_ssl: "on", pg_ssl_verify: "on" } },
  },
  { hazard: "314-db-validation", from: "3.10.0.17", to: "3.14.0.13", hits: postgres, misses: dbless },
];
