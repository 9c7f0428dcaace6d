import type { Example } from "#test/src/kong/catalogue/example.ts";

export const adminApi36To314Examples: readonly Example[] = [
  {
    hazard: "35-consumers-listing",
    from: "3.4.3.29",
    to: "3.6.1.8",
    hits: { scripts: "curl -s http://kong:8001/consumer_groups/gold/consumers | jq '.consumers[].username'\n" },
    evidence: [".consumers"],
    misses: {
      scripts: "curl -s http://kong:8001/consumers | jq '.data[].username'\n",
      entities: { consumer: [{ username: "ann" }], consumer_group: [{ name: "gold" }] },
    },
  },
  {
    hazard: "36-ca-delete",
    hits: { scripts: "curl -X DELETE http://kong:8001/ca_certificates/4e3a\n" },
    evidence: ["/ca_certificates/4e3a"],
    misses: { scripts: "curl http://kong:8001/ca_certificates/4e3a\n" },
  },
  {
    hazard: "36-keys-validation",
    hits: {
      entities: { key: [{ name: "signing", kid: "1", pem: { private_key: "(private)", public_key: "(public)" } }] },
    },
    evidence: ["signing"],
    misses: { entities: { key: [{ name: "verifying", kid: "2", pem: { public_key: "(public)" } }] } },
  },
  {
    hazard: "36-edition-field",
    hits: { scripts: "curl -sI http://kong:8001 | grep enterprise-edition && EDITION=ee\n" },
    evidence: ["enterprise-edition"],
    misses: { scripts: "curl -s http://kong:8001 | jq .version\n" },
  },
  {
    hazard: "37-idp-roles",
    from: "3.6.1.8",
    to: "3.7.1.5",
    hits: { conf: { admin_gui_auth: "openid-connect" } },
    evidence: ["admin_gui_auth", "openid-connect"],
    misses: { conf: { admin_gui_auth: "basic-auth" } },
  },
  {
    hazard: "38-shorthand-mismatch",
    hits: {
      plugins: [
        { name: "rate-limiting", config: { policy: "redis", redis_host: "redis-a", redis: { host: "redis-b" } } },
      ],
    },
    evidence: ["rate-limiting", "redis-a"],
    misses: {
      plugins: [
        { name: "rate-limiting", config: { policy: "redis", redis_host: "redis-a", redis: { host: "redis-a" } } },
      ],
    },
  },
  {
    hazard: "311-rbac-delete",
    from: "3.10.0.17",
    to: "3.11.0.14",
    hits: { scripts: "curl -X DELETE http://kong:8001/rbac/users/ci\n" },
    evidence: ["/rbac/users/ci"],
    misses: { scripts: "curl http://kong:8001/rbac/users/ci\n" },
  },
  {
    hazard: "311-user-token-ident",
    from: "3.10.0.17",
    to: "3.11.0.14",
    hits: { scripts: "http PATCH :8001/rbac/users/ci user_token_ident=abcde\n" },
    evidence: ["user_token_ident"],
    misses: { scripts: "http PATCH :8001/rbac/users/ci comment=robot\n" },
  },
  {
    hazard: "312-km-schema-registry",
    from: "3.11.0.14",
    to: "3.12.0.11",
    hits: {
      plugins: [
        {
          name: "kafka-log",
          config: { schema_registry: { confluent: { authentication: { mode: "none" } } } },
        },
      ],
    },
    evidence: ["kafka-log", "mode"],
    misses: {
      plugins: [
        {
          name: "kafka-log",
          config: { schema_registry: { confluent: { authentication: { mode: "basic" } } } },
        },
      ],
    },
  },
  {
    hazard: "313-empty-object",
    from: "3.12.0.11",
    to: "3.13.0.10",
    hits: {},
    misses: {},
    missesHop: { from: "3.13.0.10", to: "3.14.0.13" },
  },
  {
    hazard: "314-event-hooks",
    from: "3.10.0.17",
    to: "3.14.0.13",
    hits: {
      entities: { event_hook: [{ source: "crud", config: { url: "http://hooks.example", secret: "REDACTED" } }] },
    },
    evidence: ["config.secret"],
    misses: { entities: { event_hook: [{ source: "crud", config: { url: "http://hooks.example", secret: null } }] } },
  },
  {
    hazard: "314-admin-password-reset",
    from: "3.10.0.17",
    to: "3.14.0.2",
    hits: { entities: { admin: [{ username: "kong_admin" }] } },
    evidence: ["admin"],
    misses: { routes: [{ name: "orders", paths: ["/orders"] }] },
  },
  {
    hazard: "314-tls-event-hooks",
    from: "3.10.0.17",
    to: "3.14.0.13",
    hits: {
      conf: {},
      entities: { event_hook: [{ source: "crud", config: { url: "https://hooks.example", ssl_verify: false } }] },
    },
    evidence: ["https://hooks.example"],
    misses: {
      conf: {},
      entities: { event_hook: [{ source: "crud", config: { url: "https://hooks.example", ssl_verify: true } }] },
    },
  },
];
