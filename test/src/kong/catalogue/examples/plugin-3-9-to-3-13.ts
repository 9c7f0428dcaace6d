import type { Example } from "#test/src/kong/catalogue/example.ts";

export const plugin39To313Examples: readonly Example[] = [
  {
    hazard: "39-wasm-datakit",
    hits: { entities: { filter_chain: [{ name: "enrich", filters: [{ name: "datakit", enabled: true }] }] } },
    evidence: ["datakit"],
    misses: { entities: { filter_chain: [{ name: "enrich", filters: [{ name: "my-filter", enabled: true }] }] } },
  },
  {
    hazard: "310-ai-deprecated",
    hits: {
      plugins: [
        {
          name: "ai-proxy",
          config: { route_type: "llm/v1/chat", model: { options: { upstream_path: "/v2/chat" } } },
        },
      ],
    },
    evidence: ["ai-proxy", "config.model.options.upstream_path", "/v2/chat"],
    misses: {
      plugins: [
        {
          name: "ai-proxy",
          config: {
            route_type: "llm/v1/chat",
            model: { options: { upstream_path: null, upstream_url: "https://llm.example.com/v2/chat" } },
          },
        },
        { name: "my-router", config: { route_type: "preserve" } },
      ],
    },
  },
  {
    hazard: "310-ai-rate-arrays",
    hits: {
      plugins: [
        {
          name: "ai-rate-limiting-advanced",
          config: { llm_providers: [{ name: "openai", limit: 1000, window_size: 60 }] },
        },
      ],
    },
    evidence: ["ai-rate-limiting-advanced", "window_size", "60"],
    misses: {
      plugins: [
        {
          name: "ai-rate-limiting-advanced",
          config: { llm_providers: [{ name: "openai", limit: [1000], window_size: [60] }] },
        },
      ],
    },
  },
  {
    hazard: "310-oidc-forbidden",
    hits: {
      plugins: [
        {
          name: "openid-connect",
          config: { unauthorized_redirect_uri: ["https://example.com/login"], forbidden_redirect_uri: null },
        },
      ],
    },
    evidence: ["openid-connect", "config.unauthorized_redirect_uri"],
    misses: {
      plugins: [
        {
          name: "openid-connect",
          config: {
            unauthorized_redirect_uri: ["https://example.com/login"],
            forbidden_redirect_uri: ["https://example.com/denied"],
          },
        },
      ],
    },
  },
  {
    hazard: "310-kafka-consume-auth",
    hits: { files: { plugin: [{ name: "kafka-consume", config: { topics: [{ name: "orders" }] } }] } },
    evidence: ["kafka-consume", "config.authentication.strategy"],
    misses: {
      files: {
        plugin: [
          { name: "kafka-consume", config: { topics: [{ name: "orders" }], authentication: { strategy: "sasl" } } },
        ],
      },
    },
  },
  {
    hazard: "310-vault-auth-ics",
    hits: { plugins: [{ name: "vault-auth", config: {} }], conf: { incremental_sync: "on" } },
    evidence: ["vault-auth"],
    misses: { plugins: [{ name: "vault-auth", config: {} }], conf: { incremental_sync: "off" } },
  },
  {
    hazard: "311-preserve",
    hits: { plugins: [{ name: "ai-proxy-advanced", config: { targets: [{ route_type: "preserve" }] } }] },
    evidence: ["ai-proxy-advanced", "preserve"],
    misses: { plugins: [{ name: "ai-proxy-advanced", config: { targets: [{ route_type: "llm/v1/chat" }] } }] },
  },
  {
    hazard: "311-datakit-handlebars",
    hits: { plugins: [{ name: "datakit", config: { nodes: [{ name: "body", type: "handlebars" }] } }] },
    evidence: ["datakit", "handlebars"],
    misses: { plugins: [{ name: "datakit", config: { nodes: [{ name: "handlebars", type: "jq" }] } }] },
  },
  {
    hazard: "311-upstream-timeout",
    hits: { plugins: [{ name: "upstream-timeout", config: { read_timeout: 0, connect_timeout: 5000 } }] },
    evidence: ["upstream-timeout", "config.read_timeout", "0"],
    misses: { plugins: [{ name: "upstream-timeout", config: { read_timeout: 60_000, connect_timeout: null } }] },
  },
  {
    hazard: "312-kafka-consume-service",
    hits: {
      plugins: [{ name: "kafka-consume", config: {}, service: { id: "events-id" }, on: { service: "events" } }],
    },
    evidence: ["kafka-consume", "events"],
    misses: {
      plugins: [
        { name: "kafka-consume", config: {}, service: null, route: { id: "events-id" }, on: { route: "events" } },
        { name: "kafka-upstream", config: {}, service: { id: "events-id" } },
      ],
    },
  },
  {
    hazard: "312-ai-cache",
    hits: { plugins: [{ name: "ai-semantic-cache", config: { cache_ttl: 604_800 } }] },
    evidence: ["ai-semantic-cache"],
    misses: { plugins: [{ name: "ai-proxy-advanced", config: { vectordb: null, targets: [] } }] },
  },
  {
    hazard: "313-semantic-guard",
    hits: { plugins: [{ name: "ai-semantic-prompt-guard", config: { rules: { max_request_body_size: 16_384 } } }] },
    evidence: ["ai-semantic-prompt-guard", "config.rules.max_request_body_size", "16384"],
    misses: {
      plugins: [{ name: "ai-semantic-prompt-guard", config: { max_request_body_size: 16_384, rules: {} } }],
    },
  },
];
