import type { Hazard } from "#src/kong/catalogue/hazard.ts";
import { anySet } from "./any-set.ts";

const guide30 = "Kong docs, upgrade guide 3.0.x";
const guideLts = "Kong docs, Enterprise LTS 2.8 to 3.4 guide";
const defaults = "Kong/kong kong/templates/kong_defaults.lua and kong/conf_loader";

const ignored = "Kong ignores keys it does not know without a word, so what they did silently stops.";

/** Keys of kong.conf that a version renamed or does not read any more, one entry per version and subject. */
export const kongConfRemoved21To31Hazards: readonly Hazard[] = [
  {
    id: "21-router-consistency-renamed",
    title: "router_consistency and router_update_frequency were renamed",
    since: "2.1",
    edition: "both",
    area: "kong.conf",
    severity: "deprecation",
    when: anySet(["router_consistency", "router_update_frequency"]),
    effect:
      "The old names are still read, with a warning: router_update_frequency up to 2.8, router_consistency up to 3.9.",
    remedy: "Rename them to worker_consistency and worker_state_update_frequency (default 5 s instead of 1 s).",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.1.0", `${defaults}, 2.8.5 and 3.9.3`],
  },
  {
    id: "21-upstream-keepalive-renamed",
    title: "nginx_upstream_keepalive* became upstream_keepalive_*",
    since: "2.1",
    edition: "both",
    area: "kong.conf",
    severity: "deprecation",
    when: {
      all: [
        { kind: "version", path: "to", predicate: "lt", value: "3.0" },
        anySet(["/^nginx_(?:http_)?upstream_keepalive(?:_requests|_timeout)?$/", "upstream_keepalive"]),
      ],
    },
    effect: "The old names are still read up to 2.8, with a warning; 3.0 ignores them.",
    remedy: "Use upstream_keepalive_pool_size, upstream_keepalive_max_requests and upstream_keepalive_idle_timeout.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.1.0 and 2.7.0", `${defaults}, 2.8.5`],
  },
  {
    id: "27-conf-keys-removed",
    title: "Old keys of kong.conf go with 3.0",
    since: "2.7",
    edition: "both",
    area: "kong.conf",
    severity: "deprecation",
    when: {
      all: [
        { kind: "version", path: "to", predicate: "lt", value: "3.0" },
        anySet(["nginx_optimizations", "cassandra_consistency", "client_max_body_size", "client_body_buffer_size"]),
      ],
    },
    effect: "They are still read up to 2.8; 3.0 ignores them.",
    remedy:
      "Use nginx_http_client_max_body_size, nginx_http_client_body_buffer_size, cassandra_write_consistency and cassandra_read_consistency; drop nginx_optimizations.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.7.0", "Kong/kong@3.0.2 kong/conf_loader/init.lua"],
  },
  {
    id: "27-cluster-v2",
    title: "cluster_v2 is not read any more",
    since: "2.7",
    edition: "both",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: anySet(["cluster_v2"]),
    effect: ignored,
    remedy: "Delete it; control planes and data planes agree on a protocol by themselves.",
    sources: [`${defaults}, 2.6.0 compared with 2.7.2`],
  },
  {
    id: "30-removed-keys",
    title: "kong.conf keys that 3.0 does not read any more",
    since: "3.0",
    edition: "both",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: anySet([
      "upstream_keepalive",
      "/^nginx_(?:http_)?upstream_keepalive(?:_requests|_timeout)?$/",
      "nginx_optimizations",
      "client_max_body_size",
      "client_body_buffer_size",
      "router_update_frequency",
      "cassandra_consistency",
    ]),
    effect: ignored,
    remedy:
      "Use upstream_keepalive_pool_size, _max_requests and _idle_timeout; nginx_http_client_max_body_size and nginx_http_client_body_buffer_size; worker_state_update_frequency. Delete the rest. go_* keys are in 30-go-pluginserver.",
    sources: [`${defaults}, 2.8.5 compared with 3.0.2`],
  },
  {
    id: "30-dp-config-cache",
    title: "data_plane_config_cache_mode and data_plane_config_cache_path are gone",
    since: "3.0",
    edition: "both",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: anySet(["data_plane_config_cache_mode", "data_plane_config_cache_path"]),
    effect:
      "The keys are ignored and the cache file is not read: a data plane that starts while it cannot reach its control plane has only what LMDB in its prefix holds, which is nothing after the upgrade. A node that is no data plane never read the keys.",
    remedy:
      "Delete the keys and the old cache files; keep the prefix writable, and on a volume where the configuration must outlive the container.",
    note: "The table of the LTS guide says removed in 3.4, because it compares 2.8 with 3.4 only.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0", guide30, guideLts],
  },
  {
    id: "30-prometheus-plugin-conf",
    title: "prometheus_plugin_* are gone from kong.conf",
    since: "3.0",
    edition: "enterprise",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: anySet(["/^prometheus_plugin_/"]),
    effect:
      "The keys are ignored: status, latency, bandwidth and upstream health metrics are on only where the plugin itself switches them on.",
    remedy:
      "Set status_code_metrics, latency_metrics, bandwidth_metrics and upstream_health_metrics in the configuration of the plugin; delete the keys.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      `${guideLts}, kong.conf changes`,
    ],
  },
  {
    id: "31-conf-keys-removed",
    title: "legacy_hybrid_protocol is not read any more",
    since: "3.1",
    edition: "both",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: anySet(["legacy_hybrid_protocol"]),
    effect: ignored,
    remedy: "Delete it; it existed in 3.0 only.",
    sources: [`${defaults}, 3.0.2 compared with 3.1.1`],
  },
];
