import type { Example } from "#test/src/kong/catalogue/example.ts";
import { leftUnset } from "#test/src/kong/catalogue/left-unset.ts";

const enterprise35 = { from: "3.4.3.5", to: "3.5.0.0" };

export const kongConf35To38Examples: readonly Example[] = [
  { ...leftUnset("34-dns-no-sync-on", "dns_no_sync", "off"), from: "3.4.2", to: "3.5.0" },
  {
    hazard: "35-portal",
    ...enterprise35,
    hits: { conf: { portal: "on" } },
    evidence: ["portal", "on"],
    misses: {
      conf: { portal: "off" },
      entities: { workspace: [{ name: "default", config: { portal: false } }] },
      services: [],
      scripts: "curl http://localhost:8001/services\n",
    },
  },
  {
    hazard: "35-vitals",
    ...enterprise35,
    hits: { conf: { log_level: "notice" } },
    evidence: ["vitals"],
    misses: { conf: { vitals: "off" }, scripts: "curl http://localhost:8001/services\n" },
  },
  { ...leftUnset("35-keepalive-defaults", "upstream_keepalive_pool_size", "60"), from: "3.4.0", to: "3.5.0" },
  leftUnset("35-lua-socket-pool-size", "lua_socket_pool_size", "30"),
  {
    hazard: "36-km-oidc-session",
    from: "3.5.0.2",
    to: "3.6.1.0",
    hits: { conf: { admin_gui_auth: "openid-connect", admin_gui_session_conf: '{"cookie_name": "admin"}' } },
    evidence: ["admin_gui_session_conf"],
    misses: { conf: { admin_gui_auth: "basic-auth", admin_gui_session_conf: '{"cookie_name": "admin"}' } },
  },
  { ...leftUnset("36-lua-ssl-protocols", "lua_ssl_protocols", "TLSv1.2 TLSv1.3"), from: "3.5.0", to: "3.6.1" },
  leftUnset("36-dns-stale", "dns_stale_ttl", "4"),
  {
    hazard: "36-keepalive-requests",
    hits: { conf: { upstream_keepalive_max_requests: "1000" } },
    evidence: ["nginx_http_keepalive_requests"],
    misses: { conf: { upstream_keepalive_max_requests: "1000", nginx_http_keepalive_requests: "1000" } },
  },
  leftUnset("36-status-listen", "status_listen", "off"),
  {
    hazard: "37-hcv-approle",
    from: "3.6.1.0",
    to: "3.7.0.0",
    hits: {
      conf: {},
      entities: { vault: [{ name: "hcv", prefix: "hcv-1", config: { auth_method: "approle", approle_role_id: "r" } }] },
    },
    evidence: ["hcv"],
    misses: {
      conf: { vault_hcv_auth_method: "approle", vault_hcv_approle_secret_id_file: "/run/secrets/id" },
      entities: {
        vault: [
          {
            name: "hcv",
            prefix: "hcv-1",
            config: { auth_method: "approle", approle_role_id: "r", approle_secret_id_file: "/run/secrets/id" },
          },
        ],
      },
    },
  },
  {
    hazard: "38-new-dns-client",
    hits: { conf: { new_dns_client: "on" } },
    evidence: ["new_dns_client", "on"],
    misses: { conf: { new_dns_client: "off" } },
  },
];
