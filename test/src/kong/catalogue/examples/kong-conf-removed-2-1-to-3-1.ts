import type { Example } from "#test/src/kong/catalogue/example.ts";
import { stillSet } from "#test/src/kong/catalogue/still-set.ts";

export const kongConfRemoved21To31Examples: readonly Example[] = [
  stillSet("21-router-consistency-renamed", "router_update_frequency", "worker_state_update_frequency"),
  stillSet("21-upstream-keepalive-renamed", "nginx_upstream_keepalive_requests", "upstream_keepalive_max_requests"),
  stillSet("27-conf-keys-removed", "client_max_body_size", "nginx_http_client_max_body_size"),
  stillSet("27-cluster-v2", "cluster_v2", "cluster_listen"),
  stillSet("30-removed-keys", "nginx_http_upstream_keepalive", "upstream_keepalive_pool_size"),
  stillSet("30-dp-config-cache", "data_plane_config_cache_path", "lmdb_environment_path"),
  {
    ...stillSet("30-prometheus-plugin-conf", "prometheus_plugin_latency_metrics", "prometheus_metrics"),
    from: "2.8.4.5",
    to: "3.0.0.0",
  },
  stillSet("31-conf-keys-removed", "legacy_hybrid_protocol", "cluster_listen"),
];
