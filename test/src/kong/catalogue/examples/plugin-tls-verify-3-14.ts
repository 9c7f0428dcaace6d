import type { Example } from "#test/src/kong/catalogue/example.ts";

export const pluginTlsVerify314Examples: readonly Example[] = [
  {
    hazard: "314-tls-services",
    hits: { services: [{ name: "orders", protocol: "https", tls_verify: false }], conf: {} },
    evidence: ["orders", "tls_verify", "false"],
    misses: {
      services: [
        { name: "orders", protocol: "https", tls_verify: true },
        { name: "stock", protocol: "http", tls_verify: false },
      ],
      conf: {},
    },
  },
  {
    hazard: "314-tls-plugins",
    hits: {
      plugins: [{ name: "openid-connect", config: { issuer: "https://idp.example.com", ssl_verify: false } }],
      conf: {},
    },
    evidence: ["openid-connect", "config.ssl_verify", "false"],
    misses: {
      plugins: [
        { name: "openid-connect", config: { issuer: "https://idp.example.com", ssl_verify: true } },
        { name: "my-client", config: { ssl_verify: false } },
      ],
      entities: { partial: [{ name: "redis", type: "redis-ee", config: { ssl_verify: true } }] },
      conf: {},
    },
  },
];
