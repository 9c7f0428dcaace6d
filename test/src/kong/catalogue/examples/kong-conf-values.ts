import type { Example } from "#test/src/kong/catalogue/example.ts";

const value = (hazard: string, key: string, refused: string, taken: string): Example => ({
  hazard,
  hits: { conf: { [key]: refused } },
  evidence: [key, refused],
  misses: { conf: { [key]: taken } },
});

export const kongConfValueExamples: readonly Example[] = [
  value("21-worker-consistency-value", "worker_consistency", "loose", "strict"),
  value("28-cluster-max-payload-value", "cluster_max_payload", "1048576", "4194304"),
  value("30-router-flavor-value", "router_flavor", "compatible", "expressions"),
  value("32-tracing-rate-value", "tracing_sampling_rate", "50", "0.5"),
  value("33-node-id-value", "node_id", "kong-1", "7b1f5d0e-2a58-4b6f-9a43-0d9c8d1f2e3a"),
  value("33-lua-max-value", "lua_max_uri_args", "5000", "1000"),
  {
    hazard: "33-dp-labels-role",
    hits: { conf: { role: "control_plane", cluster_dp_labels: "region:eu" } },
    evidence: ["cluster_dp_labels"],
    misses: { conf: { role: "data_plane", cluster_dp_labels: "region:eu" } },
  },
  {
    ...value("314-untrusted-lua-value", "untrusted_lua", "secure", "lax"),
    from: "3.13.0.0",
    to: "3.14.0.0",
  },
];
