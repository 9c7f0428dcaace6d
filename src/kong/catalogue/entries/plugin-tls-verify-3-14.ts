import type { Leaf } from "#src/kong/catalogue/condition.ts";
import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** Fields below `config` that switch the verification of certificates off, from Kong's table for 3.14. */
const verification: Readonly<Record<string, readonly string[]>> = {
  ace: ["rate_limiting.redis.ssl_verify"],
  acme: ["storage_config.redis.ssl_verify", "storage_config.vault.tls_verify"],
  "ai-aws-guardrails": ["ssl_verify"],
  "ai-azure-content-safety": ["ssl_verify"],
  "ai-llm-as-judge": ["https_verify"],
  "ai-proxy-advanced": ["vectordb.pgvector.ssl_verify", "vectordb.redis.ssl_verify"],
  "ai-rag-injector": ["vectordb.pgvector.ssl_verify", "vectordb.redis.ssl_verify"],
  "ai-rate-limiting-advanced": ["redis.ssl_verify"],
  "ai-semantic-cache": ["vectordb.pgvector.ssl_verify", "vectordb.redis.ssl_verify"],
  "ai-semantic-prompt-guard": ["vectordb.pgvector.ssl_verify", "vectordb.redis.ssl_verify"],
  "ai-semantic-response-guard": ["vectordb.pgvector.ssl_verify", "vectordb.redis.ssl_verify"],
  "aws-lambda": ["ssl_verify"],
  "azure-functions": ["https_verify"],
  "basic-auth": ["brute_force_protection.redis.ssl_verify"],
  confluent: ["security.ssl_verify", "schema_registry.confluent.authentication.oauth2_client.ssl_verify"],
  "confluent-consume": [
    "security.ssl_verify",
    "schema_registry.confluent.authentication.oauth2_client.ssl_verify",
    "topics[*].schema_registry.confluent.authentication.oauth2_client.ssl_verify",
  ],
  datakit: ["nodes[*].ssl_verify", "resources.cache.redis.ssl_verify"],
  "forward-proxy": ["https_verify"],
  "graphql-proxy-cache-advanced": ["redis.ssl_verify"],
  "graphql-rate-limiting-advanced": ["redis.ssl_verify"],
  "header-cert-auth": ["ssl_verify"],
  "http-log": ["ssl_verify"],
  "jwt-signer": ["access_token_endpoints_ssl_verify", "channel_token_endpoints_ssl_verify"],
  "kafka-consume": [
    "security.ssl_verify",
    "schema_registry.confluent.authentication.oauth2_client.ssl_verify",
    "topics[*].schema_registry.confluent.authentication.oauth2_client.ssl_verify",
  ],
  "kafka-log": ["security.ssl_verify", "schema_registry.confluent.authentication.oauth2_client.ssl_verify"],
  "kafka-upstream": ["security.ssl_verify", "schema_registry.confluent.authentication.oauth2_client.ssl_verify"],
  "ldap-auth": ["verify_ldap_host"],
  "ldap-auth-advanced": ["verify_ldap_host"],
  "mtls-auth": ["ssl_verify"],
  "openid-connect": [
    "ssl_verify",
    "cluster_cache_redis.ssl_verify",
    "redis.ssl_verify",
    "session_memcached_ssl_verify",
  ],
  "proxy-cache-advanced": ["redis.ssl_verify"],
  "rate-limiting": ["redis.ssl_verify"],
  "rate-limiting-advanced": ["redis.ssl_verify"],
  "request-callout": ["cache.redis.ssl_verify", "callouts[*].request.http_opts.ssl_verify"],
  "response-ratelimiting": ["redis.ssl_verify"],
  saml: ["redis.ssl_verify"],
  "service-protection": ["redis.ssl_verify"],
  "solace-consume": ["session.ssl_validate_certificate"],
  "solace-log": ["session.ssl_validate_certificate"],
  "solace-upstream": ["session.ssl_validate_certificate"],
  "tcp-log": ["ssl_verify"],
  "upstream-oauth": ["client.ssl_verify", "cache.redis.ssl_verify"],
};

const effectByMode =
  "With a database it goes on working, but every update with this value is refused. A DB-less node does not start with it, and in hybrid mode data planes get no valid configuration from the control plane.";

/** The verification of TLS certificates that 3.14 switches on (tls_certificate_verify). */
export const pluginTlsVerify314Hazards: readonly Hazard[] = [
  {
    id: "314-tls-services",
    title: "Services that do not verify the certificate of their upstream",
    since: "3.14",
    edition: "enterprise",
    area: "general",
    severity: "breaks_traffic",
    applies: { conf: { tls_certificate_verify: ["unset", "on"] } },
    when: {
      all: [
        { kind: "service", path: "protocol", predicate: "in", value: ["https", "tls", "grpcs", "wss"] },
        { kind: "service", path: "tls_verify", predicate: "equals", value: false },
      ],
    },
    effect: effectByMode,
    remedy:
      "Set tls_verify = true and give the service the ca_certificates of its upstream, or set tls_certificate_verify = off for the time of the upgrade.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/tls-verify-314.md"],
  },
  {
    id: "314-tls-plugins",
    title: "Plugins and Redis partials that do not verify certificates",
    since: "3.14",
    edition: "enterprise",
    area: "plugin",
    severity: "breaks_traffic",
    applies: { conf: { tls_certificate_verify: ["unset", "on"] } },
    when: {
      any: [
        ...Object.entries(verification).flatMap(([name, fields]) =>
          fields.map((field): Leaf => ({
            kind: "plugin",
            name,
            path: `config.${field}`,
            predicate: "equals",
            value: false,
          })),
        ),
        { kind: "partial", path: "config.ssl_verify", predicate: "equals", value: false },
      ],
    },
    effect: effectByMode,
    remedy:
      "Set the field to true and trust the authorities (lua_ssl_trusted_certificate), or set tls_certificate_verify = off for the time of the upgrade.",
    note: "The document does not say whether the field counts where TLS itself is off. /rotate of jwt-signer verifies by default, too.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/tls-verify-314.md"],
  },
];
