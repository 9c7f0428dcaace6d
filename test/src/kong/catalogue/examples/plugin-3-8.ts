import type { Example } from "#test/src/kong/catalogue/example.ts";

export const plugin38Examples: readonly Example[] = [
  {
    hazard: "38-realm",
    hits: { plugins: [{ name: "jwt", config: {} }] },
    evidence: ["jwt"],
    misses: { plugins: [{ name: "key-auth", config: {} }] },
  },
  {
    hazard: "38-log-statistics",
    hits: { files: { plugin: [{ name: "ai-proxy", config: { route_type: "llm/v1/chat" } }] } },
    evidence: ["ai-proxy", "config.logging.log_statistics"],
    misses: {
      files: {
        plugin: [
          {
            name: "ai-proxy",
            config: {
              route_type: "llm/v1/chat",
              model: { provider: "anthropic" },
              logging: { log_statistics: true },
            },
          },
        ],
      },
    },
  },
  {
    hazard: "38-redis-addresses",
    hits: {
      plugins: [
        {
          name: "rate-limiting-advanced",
          config: { redis: { cluster_addresses: ["10.0.0.1:6379", "10.0.0.2:6379"] } },
        },
      ],
      files: {},
    },
    evidence: ["rate-limiting-advanced", "config.redis.cluster_addresses"],
    misses: {
      plugins: [
        {
          name: "rate-limiting-advanced",
          config: { redis: { timeout: 2000, cluster_addresses: null, sentinel_addresses: null } },
        },
      ],
      files: {
        plugin: [
          { name: "rate-limiting-advanced", config: { redis: { cluster_nodes: [{ ip: "10.0.0.1", port: 6379 }] } } },
        ],
      },
    },
  },
  {
    hazard: "38-session-redis",
    hits: { files: { plugin: [{ name: "saml", config: { session_redis_host: "redis.example.com" } }] } },
    evidence: ["saml", "config.session_redis_host", "redis.example.com"],
    misses: {
      plugins: [{ name: "openid-connect", config: { session_redis_host: null, session_redis_port: 6379 } }],
      files: { plugin: [{ name: "saml", config: { redis: { host: "redis.example.com" } } }] },
    },
  },
  {
    hazard: "38-redis-timeout-mismatch",
    from: "3.7.1.0",
    to: "3.8.0.0",
    hits: { plugins: [{ name: "rate-limiting-advanced", config: { redis: { timeout: 2000, connect_timeout: 500 } } }] },
    evidence: ["rate-limiting-advanced", "config.redis.timeout"],
    misses: {
      plugins: [
        { name: "rate-limiting-advanced", config: { redis: { timeout: 2000, connect_timeout: 2000 } } },
        { name: "proxy-cache-advanced", config: { redis: { timeout: 2000, connect_timeout: null } } },
      ],
    },
  },
  {
    hazard: "38-otel-endpoint",
    hits: { plugins: [{ name: "opentelemetry", config: { endpoint: "http://otel.example.com/v1/traces" } }] },
    evidence: ["opentelemetry", "config.endpoint", "otel.example.com"],
    misses: { plugins: [{ name: "opentelemetry", config: { traces_endpoint: "http://otel.example.com/v1/traces" } }] },
  },
  {
    hazard: "38-correlation-generator",
    hits: { plugins: [{ name: "correlation-id", config: { header_name: "X-Request-Id", generator: null } }] },
    evidence: ["correlation-id", "config.generator"],
    misses: { files: { plugin: [{ name: "correlation-id", config: { header_name: "X-Request-Id" } }] } },
  },
];
