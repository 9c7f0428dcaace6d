import type { Example } from "#test/src/kong/catalogue/example.ts";

export const plugin314To315Examples: readonly Example[] = [
  {
    hazard: "314-sha1",
    hits: { files: { plugin: [{ name: "hmac-auth", config: { clock_skew: 300 } }] } },
    evidence: ["hmac-auth", "config.algorithms"],
    misses: { files: { plugin: [{ name: "hmac-auth", config: { algorithms: ["hmac-sha1", "hmac-sha256"] } }] } },
  },
  {
    hazard: "314-hide-credentials",
    hits: { files: { plugin: [{ name: "key-auth", config: { key_names: ["apikey"] } }] } },
    evidence: ["key-auth", "config.hide_credentials"],
    misses: {
      plugins: [{ name: "basic-auth", config: { hide_credentials: false } }],
      files: {
        plugin: [
          { name: "key-auth", config: { key_names: ["apikey"], hide_credentials: false } },
          { name: "jwt", config: {} },
        ],
      },
    },
  },
  {
    hazard: "314-oidc-consumer-claims",
    hits: { plugins: [{ name: "openid-connect", config: { consumer_claim: ["email"] } }] },
    evidence: ["openid-connect", "config.consumer_claim"],
    misses: { plugins: [{ name: "openid-connect", config: { consumer_claim: null, consumer_claims: [["email"]] } }] },
  },
  {
    hazard: "314-oidc-header-claims",
    hits: {
      plugins: [
        {
          name: "openid-connect",
          config: { upstream_headers_claims: ["sub"], upstream_headers_names: ["X-User"] },
        },
      ],
    },
    evidence: ["openid-connect", "config.upstream_headers_claims"],
    misses: {
      plugins: [
        {
          name: "openid-connect",
          config: { upstream_headers_claims: null, upstream_headers: [{ header: "X-User", path: ["sub"] }] },
        },
      ],
    },
  },
  {
    hazard: "314-oidc-nested-403",
    from: "3.13.0.0",
    to: "3.14.0.0",
    hits: { plugins: [{ name: "openid-connect", config: { roles_claim: ["realm_access", "roles"] } }] },
    evidence: ["openid-connect", "config.roles_claim"],
    misses: { plugins: [{ name: "openid-connect", config: { roles_claim: ["roles"], scopes_required: ["a", "b"] } }] },
  },
  {
    hazard: "314-otel-access-logs",
    hits: { plugins: [{ name: "opentelemetry", config: { access_logs_endpoint: "http://otel.example.com/v1/logs" } }] },
    evidence: ["opentelemetry", "config.access_logs_endpoint", "otel.example.com"],
    misses: {
      plugins: [{ name: "opentelemetry", config: { access_logs: { endpoint: "http://otel.example.com/v1/logs" } } }],
    },
  },
  {
    hazard: "314-model-armor",
    hits: { plugins: [{ name: "ai-gcp-model-armor", config: {} }] },
    evidence: ["ai-gcp-model-armor"],
    misses: { plugins: [{ name: "ai-aws-guardrails", config: {} }] },
  },
  {
    hazard: "314-ai-rla-llm-format",
    hits: { files: { plugin: [{ name: "ai-rate-limiting-advanced", config: { llm_format: "bedrock" } }] } },
    evidence: ["ai-rate-limiting-advanced", "config.llm_format", "bedrock"],
    misses: {
      plugins: [{ name: "ai-rate-limiting-advanced", config: { llm_format: "openai" } }],
      files: {
        plugin: [
          { name: "ai-rate-limiting-advanced", config: { llm_providers: [] } },
          { name: "ai-proxy", config: { llm_format: "bedrock" } },
        ],
      },
    },
  },
  {
    hazard: "315-condition-cel",
    hits: { plugins: [{ name: "rate-limiting", config: {}, condition: 'http.method == "POST"' }] },
    evidence: ["rate-limiting", "condition", "POST"],
    misses: { plugins: [{ name: "rate-limiting", config: {}, condition: null }] },
  },
];
