import type { Example } from "#test/src/kong/catalogue/example.ts";

export const plugin21To28Examples: readonly Example[] = [
  {
    hazard: "21-allow-deny-names",
    hits: { files: { plugin: [{ name: "acl", config: { whitelist: ["staff"] } }] } },
    evidence: ["acl", "config.whitelist"],
    misses: {
      files: {
        plugin: [
          { name: "acl", config: { allow: ["staff"] } },
          { name: "my-filter", config: { whitelist: ["staff"] } },
        ],
      },
    },
  },
  {
    hazard: "23-serverless-sandbox",
    hits: {
      plugins: [
        {
          name: "pre-function",
          on: { route: "login" },
          config: { functions: ['local http = require "resty.http"\nreturn http.new()'] },
        },
      ],
    },
    evidence: ["pre-function", "config.functions"],
    misses: {
      plugins: [
        { name: "pre-function", config: { functions: ['kong.log.info(os.time(), string.rep("x", 3))'] } },
        { name: "request-termination", config: { message: "require a token" } },
      ],
    },
  },
  {
    hazard: "28-lambda-proxy-scheme-deprecated",
    hits: { plugins: [{ name: "aws-lambda", config: { function_name: "thumbnail", proxy_scheme: "https" } }] },
    evidence: ["aws-lambda", "config.proxy_scheme", "https"],
    misses: { plugins: [{ name: "aws-lambda", config: { function_name: "thumbnail", proxy_scheme: null } }] },
  },
  {
    hazard: "28-oidc-session-redis-auth",
    hits: {
      plugins: [{ name: "openid-connect", config: { session_storage: "redis", session_redis_auth: "redis-secret" } }],
    },
    evidence: ["openid-connect", "config.session_redis_auth"],
    misses: {
      plugins: [
        {
          name: "openid-connect",
          config: { session_storage: "redis", session_redis_auth: null, session_redis_password: "redis-secret" },
        },
      ],
    },
  },
  {
    hazard: "28-forward-proxy-fields",
    hits: { plugins: [{ name: "forward-proxy", config: { proxy_host: "proxy.example.com", proxy_port: 3128 } }] },
    evidence: ["forward-proxy", "config.proxy_host", "proxy.example.com"],
    misses: {
      plugins: [
        {
          name: "forward-proxy",
          config: { proxy_host: null, proxy_port: null, http_proxy_host: "proxy.example.com", http_proxy_port: 3128 },
        },
      ],
    },
  },
  {
    hazard: "28-collector-blocks-start",
    from: "2.8.4.0",
    to: "2.8.4.1",
    hits: { plugins: [{ name: "collector", config: {} }] },
    evidence: ["collector"],
    misses: { plugins: [{ name: "http-log", config: {} }] },
  },
];
