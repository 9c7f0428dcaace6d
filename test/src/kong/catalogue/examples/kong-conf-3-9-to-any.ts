import type { Example } from "#test/src/kong/catalogue/example.ts";

const enterprise314 = { from: "3.13.0.0", to: "3.14.0.0" };

export const kongConf39ToAnyExamples: readonly Example[] = [
  { hazard: "39-drain", hits: {}, misses: {}, missesHop: { from: "3.9.0", to: "3.9.3" } },
  {
    hazard: "310-free-mode",
    from: "3.9.1.2",
    to: "3.10.0.2",
    hits: { licence: "none" },
    misses: { licence: "2027-12-01" },
  },
  {
    hazard: "311-wasm",
    from: "3.10.0.2",
    to: "3.11.0.0",
    hits: { conf: { wasm: "on" } },
    evidence: ["wasm"],
    misses: { conf: { wasm: "off" }, services: [{ name: "orders", protocol: "http" }] },
  },
  {
    hazard: "312-proxy-server-verify",
    from: "3.11.0.3",
    to: "3.12.0.0",
    hits: {
      deployment: { topology: "hybrid" },
      conf: { cluster_use_proxy: "on", proxy_server: "https://proxy.example.com:3128" },
    },
    evidence: ["proxy_server_ssl_verify"],
    misses: {
      deployment: { topology: "hybrid" },
      conf: { cluster_use_proxy: "on", proxy_server: "http://proxy.example.com:3128" },
    },
  },
  {
    hazard: "314-tls-verify",
    ...enterprise314,
    hits: { conf: { log_level: "notice" }, services: [{ name: "orders", protocol: "https", tls_verify: null }] },
    evidence: ["orders", "tls_certificate_verify"],
    misses: {
      conf: { log_level: "notice" },
      services: [
        { name: "orders", protocol: "https", tls_verify: true },
        { name: "plain", protocol: "http", tls_verify: null },
      ],
    },
  },
  {
    hazard: "314-tls-hcv",
    ...enterprise314,
    hits: { conf: {}, entities: { vault: [{ name: "hcv", prefix: "hcv-1", config: { protocol: "https" } }] } },
    evidence: ["hcv", "https"],
    misses: { conf: {}, entities: { vault: [{ name: "hcv", prefix: "hcv-1", config: { protocol: "http" } }] } },
  },
  {
    hazard: "314-untrusted-lua",
    ...enterprise314,
    hits: {
      conf: { log_level: "notice" },
      plugins: [{ name: "pre-function", config: { access: ["local sock = ngx.socket.tcp()"] } }],
    },
    evidence: ["pre-function", "ngx.socket"],
    misses: {
      conf: { log_level: "notice" },
      plugins: [{ name: "pre-function", config: { access: ['kong.service.request.set_header("X-A", "b")'] } }],
    },
  },
  {
    hazard: "314-alias-mode",
    ...enterprise314,
    hits: {
      plugins: [{ name: "rate-limiting", config: { minute: 5, redis_host: "redis-a", redis: { host: "redis-b" } } }],
    },
    evidence: ["rate-limiting", "redis_host"],
    misses: {
      plugins: [{ name: "rate-limiting", config: { minute: 5, redis_host: "redis-a", redis: { host: "redis-a" } } }],
    },
  },
  {
    hazard: "315-analytics-buffer",
    from: "3.14.0.0",
    to: "3.15.0.0",
    hits: { conf: { konnect_mode: "on" } },
    evidence: ["analytics_buffer_size_limit"],
    misses: { conf: { konnect_mode: "off" } },
  },
  {
    hazard: "28-lts34-check",
    from: "2.8.4.14",
    to: "3.4.3.5",
    hits: {},
    misses: {},
    missesHop: { from: "3.3.1.0", to: "3.4.3.5" },
  },
  {
    hazard: "310-lts314-check",
    from: "3.10.0.11",
    to: "3.14.0.0",
    hits: {},
    misses: {},
    missesHop: { from: "3.13.0.0", to: "3.14.0.0" },
  },
];
