import type { Example } from "#test/src/kong/catalogue/example.ts";

const oldDefaults = { retry_count: 10, queue_size: 1, flush_timeout: 2 };

export const plugin33Examples: readonly Example[] = [
  {
    hazard: "33-plugin-queues",
    hits: { plugins: [{ name: "http-log", config: { ...oldDefaults, queue_size: 500 } }] },
    evidence: ["http-log", "config.queue_size", "500"],
    misses: {
      plugins: [
        { name: "http-log", config: oldDefaults },
        { name: "opentelemetry", config: { batch_span_count: 200, batch_flush_delay: 3 } },
        { name: "my-log", config: { queue_size: 500 } },
      ],
    },
  },
  {
    hazard: "32-proxy-cache-content-type",
    hits: { plugins: [{ name: "proxy-cache", config: { content_type: ["text/plain", "image/*"] } }] },
    evidence: ["proxy-cache", "image/*"],
    misses: { plugins: [{ name: "proxy-cache", config: { content_type: ["text/plain", "application/json"] } }] },
  },
  {
    hazard: "33-http-log-3xx",
    hits: { plugins: [{ name: "http-log", config: { http_endpoint: "http://logs.example.com" } }] },
    misses: { plugins: [{ name: "tcp-log", config: { host: "logs.example.com" } }] },
    missesHop: { from: "3.4.2", to: "3.5.0" },
  },
  {
    hazard: "33-serverless-cache",
    hits: { plugins: [{ name: "pre-function", config: { access: ['return kong.cache:get("key", nil, load)'] } }] },
    evidence: ["pre-function", "kong.cache"],
    misses: {
      plugins: [
        {
          name: "pre-function",
          config: { access: ["kong.ctx.shared.cache = kong.configuration.prefix; kong.caches = nil"] },
        },
        { name: "exit-transformer", config: { functions: ["return kong.cache"] } },
      ],
    },
  },
  {
    hazard: "33-appdynamics",
    hits: { plugins: [{ name: "app-dynamics", config: {} }] },
    evidence: ["app-dynamics"],
    misses: { plugins: [{ name: "opentelemetry", config: {} }] },
  },
  {
    hazard: "33-oidc-hcv-secret",
    from: "3.2.2.1",
    to: "3.3.0.0",
    hits: { plugins: [{ name: "openid-connect", config: { client_secret: ["{vault://hcv/idp/secret}"] } }] },
    evidence: ["openid-connect"],
    misses: { plugins: [{ name: "openid-connect", config: { client_secret: ["{vault://env/idp-secret}"] } }] },
  },
];
