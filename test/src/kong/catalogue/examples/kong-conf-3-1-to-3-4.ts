import type { Example } from "#test/src/kong/catalogue/example.ts";
import { leftUnset } from "#test/src/kong/catalogue/left-unset.ts";

const enterprise32 = { from: "2.8.4.5", to: "3.2.2.1" };

export const kongConf31To34Examples: readonly Example[] = [
  {
    hazard: "31-regex-cache",
    hits: { conf: { router_flavor: "traditional" } },
    evidence: ["nginx_http_lua_regex_cache_max_entries"],
    misses: { conf: { router_flavor: "traditional_compatible" } },
  },
  {
    hazard: "32-pg-ssl-version",
    ...enterprise32,
    hits: { conf: { pg_ssl: "on", pg_ssl_version: "tlsv1" } },
    evidence: ["pg_ssl_version", "tlsv1"],
    misses: { conf: { pg_ssl: "on", pg_ssl_version: "tlsv1_2" } },
  },
  {
    hazard: "32-pg-ssl-version-default",
    ...enterprise32,
    hits: { conf: { pg_ssl: "on" } },
    evidence: ["pg_ssl_version"],
    misses: { conf: { pg_ssl: "off" } },
  },
  {
    hazard: "32-allow-debug-header",
    hits: { conf: {}, scripts: "curl -si -H 'kong-debug: 1' http://kong:8000/orders\n" },
    evidence: ["deploy.sh", "kong-debug"],
    misses: { conf: {}, scripts: "curl -si http://kong:8000/orders\n" },
  },
  {
    hazard: "34-pg-keepalive-timeout",
    ...enterprise32,
    hits: { conf: { nginx_http_lua_socket_keepalive_timeout: "300s" } },
    evidence: ["pg_keepalive_timeout"],
    misses: { conf: { pg_keepalive_timeout: "60000" } },
  },
  {
    hazard: "33-tracing-rate",
    hits: { conf: { tracing_instrumentations: "all" } },
    evidence: ["tracing_sampling_rate"],
    misses: { conf: { tracing_instrumentations: "all", tracing_sampling_rate: "1" } },
  },
  {
    ...leftUnset("34-cluster-max-payload", "cluster_max_payload", "8388608"),
    hits: { deployment: { topology: "hybrid" }, conf: {} },
  },
  {
    ...leftUnset("34-lmdb-map-size", "lmdb_map_size", "256m"),
    hits: { deployment: { topology: "dbless" }, conf: {} },
  },
  { ...leftUnset("34-kong-manager-oss", "admin_gui_listen", "off"), from: "3.3.1", to: "3.4.2" },
  {
    hazard: "34-expired-license",
    from: "3.4.3.1",
    to: "3.4.3.5",
    hits: { licence: "2026-12-01", today: "2026-11-26" },
    evidence: ["2026-12-01"],
    misses: { licence: "2027-12-01", today: "2026-11-26" },
  },
];
