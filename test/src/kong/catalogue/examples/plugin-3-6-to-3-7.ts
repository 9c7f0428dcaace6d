import type { Example } from "#test/src/kong/catalogue/example.ts";

export const plugin36To37Examples: readonly Example[] = [
  {
    hazard: "36-redis-schema",
    hits: {
      files: { plugin: [{ name: "rate-limiting", config: { minute: 60, redis_host: "redis.example.com" } }] },
    },
    evidence: ["rate-limiting", "config.redis_host", "redis.example.com"],
    misses: {
      plugins: [{ name: "rate-limiting", config: { minute: 60, policy: "local", redis_host: null, redis_port: 6379 } }],
      files: {
        plugin: [
          { name: "rate-limiting", config: { minute: 60, redis: { host: "redis.example.com" } } },
          { name: "my-cache", config: { redis_host: "redis.example.com" } },
          { name: "acme", config: { storage_config: { redis: { password: "p", extra_options: { namespace: "n" } } } } },
        ],
      },
    },
  },
  {
    hazard: "36-azure-functions",
    hits: { plugins: [{ name: "azure-functions", on: { route: "bill" }, config: { functionname: "bill" } }] },
    evidence: ["azure-functions", "bill"],
    misses: { plugins: [{ name: "aws-lambda", config: { function_name: "bill" } }] },
  },
  {
    hazard: "36-oas-validation",
    hits: { plugins: [{ name: "oas-validation", config: { validate_request_body: true } }] },
    evidence: ["oas-validation"],
    misses: { plugins: [{ name: "request-validator", config: {} }] },
  },
  {
    hazard: "36-http2-body",
    hits: { plugins: [{ name: "request-transformer", config: { add: { body: ["tenant:shop"] } } }] },
    evidence: ["request-transformer"],
    misses: { plugins: [{ name: "response-transformer", config: {} }] },
  },
  {
    hazard: "36-realm",
    hits: { plugins: [{ name: "basic-auth", config: {} }] },
    evidence: ["basic-auth"],
    misses: { plugins: [{ name: "key-auth", config: {} }] },
  },
  {
    hazard: "37-realm",
    hits: { plugins: [{ name: "key-auth", config: {} }] },
    evidence: ["key-auth"],
    misses: { plugins: [{ name: "basic-auth", config: { realm: "service" } }] },
  },
  {
    hazard: "37-ai-proxy-anthropic",
    hits: {
      plugins: [{ name: "ai-proxy", config: { route_type: "llm/v1/chat", model: { provider: "anthropic" } } }],
    },
    evidence: ["ai-proxy", "anthropic"],
    misses: {
      plugins: [
        { name: "ai-proxy", config: { route_type: "llm/v1/completions", model: { provider: "anthropic" } } },
        { name: "ai-proxy", config: { route_type: "llm/v1/chat", model: { provider: "openai" } } },
      ],
    },
  },
  {
    hazard: "37-queue-fields-deprecated",
    hits: { plugins: [{ name: "zipkin", config: { header_type: "b3-single", default_header_type: "b3" } }], files: {} },
    evidence: ["zipkin", "config.header_type", "b3-single"],
    misses: {
      plugins: [
        { name: "zipkin", config: { header_type: "preserve", default_header_type: "b3" } },
        { name: "http-log", config: { retry_count: 10 } },
      ],
      files: { plugin: [{ name: "http-log", config: { queue: { max_batch_size: 10 } } }] },
    },
  },
];
