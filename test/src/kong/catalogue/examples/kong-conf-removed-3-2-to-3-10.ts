import type { Example } from "#test/src/kong/catalogue/example.ts";
import { stillSet } from "#test/src/kong/catalogue/still-set.ts";

export const kongConfRemoved32To310Examples: readonly Example[] = [
  stillSet("32-otel-conf-names", "opentelemetry_tracing", "tracing_instrumentations"),
  stillSet("33-worker-events-key", "legacy_worker_events", "worker_events_max_payload"),
  stillSet("34-cassandra-keys", "cassandra_contact_points", "pg_host"),
  {
    ...stillSet("34-lmdb-encryption-removed", "declarative_config_encryption_mode", "declarative_config"),
    from: "3.3.1.0",
    to: "3.4.3.5",
  },
  { ...stillSet("34-admin-api-uri", "admin_api_uri", "admin_gui_api_url"), from: "2.8.4.5", to: "3.4.3.5" },
  stillSet("35-conf-keys-removed", "privileged_agent", "dedicated_config_processing"),
  { ...stillSet("35-conf-keys-removed-ee", "portal_gui_host", "admin_gui_url"), from: "3.4.3.5", to: "3.5.0.0" },
  {
    hazard: "35-route-match-calculation",
    from: "3.4.3.19",
    to: "3.7.1.2",
    hits: { conf: { route_match_calculation: "strict" } },
    evidence: ["route_match_calculation", "strict"],
    misses: { conf: { route_match_calculation: "original" } },
    missesHop: { from: "3.4.3.19", to: "3.10.0.3" },
  },
  stillSet("36-wasm-shm", "nginx_wasm_shm_counters", "nginx_wasm_shm_kv_counters"),
  {
    ...stillSet("37-granular-tracing", "tracing_write_strategy", "tracing_instrumentations"),
    from: "3.6.1.0",
    to: "3.7.0.0",
  },
  stillSet("39-node-id", "node_id", "cluster_dp_labels"),
  {
    ...stillSet("310-incremental-sync", "cluster_incremental_sync", "incremental_sync"),
    from: "3.9.1.2",
    to: "3.10.0.2",
  },
];
