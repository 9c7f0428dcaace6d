import { routeId, serviceId } from "./routing.ts";
import { seedId, seededAt } from "./row.ts";
import type { Row } from "./row.ts";

interface PluginSeed {
  readonly name: string;
  readonly service?: string;
  readonly route?: string;
  readonly config: Row;
}

const plugins: readonly PluginSeed[] = [
  {
    name: "pre-function",
    config: {
      functions: ['kong.response.set_header("X-Practice", "1")'],
      certificate: [],
      rewrite: [],
      access: [],
      header_filter: [],
      body_filter: [],
      log: [],
    },
  },
  {
    name: "http-log",
    config: {
      http_endpoint: "http://127.0.0.1:9/log",
      method: "POST",
      content_type: "application/json",
      timeout: 10_000,
      keepalive: 60_000,
      flush_timeout: 2,
      retry_count: 10,
      queue_size: 1,
      headers: { "X-Team": ["platform", "practice"], "X-Empty": [] },
      custom_fields_by_lua: null,
    },
  },
  { name: "rate-limiting", service: serviceId("orders"), config: rateLimit({ minute: 100_000 }) },
  { name: "rate-limiting", service: serviceId("catalog"), config: rateLimit({ hour: 1_000_000 }) },
  { name: "key-auth", route: routeId("users-by-name"), config: keyAuth() },
  { name: "key-auth", route: routeId("legacy-partners"), config: keyAuth() },
  {
    // 2.8 reads only allow and deny; the old words are what an old dump or a script left in the row.
    name: "acl",
    route: routeId("legacy-partners"),
    config: { allow: ["partners"], deny: null, whitelist: ["partners"], blacklist: null, hide_groups_header: false },
  },
  {
    name: "ip-restriction",
    route: routeId("payments-internal"),
    config: {
      allow: ["127.0.0.1", "10.0.0.0/8"],
      deny: null,
      whitelist: ["127.0.0.1", "10.0.0.0/8"],
      blacklist: null,
      status: null,
      message: null,
    },
  },
];

/** All seeded plugins; their cache keys name the workspace, as Kong's own do. */
export function seededPlugins(workspace: string): readonly Row[] {
  return plugins.map((plugin, index) => ({
    id: seedId("plugin", index + 1),
    created_at: seededAt,
    name: plugin.name,
    service_id: plugin.service ?? null,
    route_id: plugin.route ?? null,
    config: plugin.config,
    enabled: true,
    cache_key: `plugins:${plugin.name}:${plugin.route ?? ""}:${plugin.service ?? ""}:::${workspace}`,
    protocols: ["grpc", "grpcs", "http", "https"],
    tags: ["practice"],
  }));
}

function keyAuth(): Row {
  return {
    anonymous: null,
    key_names: ["apikey"],
    key_in_body: false,
    key_in_header: true,
    key_in_query: true,
    hide_credentials: false,
    run_on_preflight: true,
  };
}

function rateLimit(limits: { readonly minute?: number; readonly hour?: number }): Row {
  return {
    second: null,
    minute: limits.minute ?? null,
    hour: limits.hour ?? null,
    day: null,
    month: null,
    year: null,
    limit_by: "consumer",
    policy: "local",
    fault_tolerant: true,
    hide_client_headers: false,
    header_name: null,
    path: null,
    redis_host: null,
    redis_port: 6379,
    redis_ssl: false,
    redis_ssl_verify: false,
    redis_server_name: null,
    redis_timeout: 2000,
    redis_database: 0,
    redis_username: null,
    redis_password: null,
  };
}
