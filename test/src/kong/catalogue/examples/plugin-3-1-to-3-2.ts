import type { Example } from "#test/src/kong/catalogue/example.ts";

export const plugin31To32Examples: readonly Example[] = [
  {
    hazard: "31-request-termination-null",
    hits: { plugins: [{ name: "request-termination", on: { route: "closed" }, config: { status_code: null } }] },
    evidence: ["request-termination", "config.status_code"],
    misses: {
      plugins: [{ name: "request-termination", config: { status_code: 503 } }],
      files: { plugin: [{ name: "request-termination", config: { message: "closed" } }] },
    },
  },
  {
    hazard: "32-jwt-two-tokens",
    hits: { plugins: [{ name: "jwt", config: { uri_param_names: ["jwt"], cookie_names: ["token"] } }] },
    evidence: ["jwt", "config.cookie_names"],
    misses: {
      plugins: [
        { name: "jwt", config: { uri_param_names: [], cookie_names: [], header_names: ["authorization"] } },
        { name: "oauth2", config: { cookie_names: ["token"] } },
      ],
    },
  },
  {
    hazard: "32-session-library",
    hits: { plugins: [{ name: "session", config: { storage: "kong" } }] },
    evidence: ["session"],
    misses: { plugins: [{ name: "key-auth", config: {} }], conf: { admin_gui_auth: "basic-auth" } },
  },
  {
    hazard: "32-session-timeouts",
    hits: { plugins: [{ name: "session", config: { cookie_lifetime: 3600, cookie_idletime: null } }] },
    evidence: ["session", "config.absolute_timeout"],
    misses: {
      files: {
        plugin: [
          { name: "session", config: { idling_timeout: 1800, absolute_timeout: 604_800 } },
          {
            name: "openid-connect",
            config: { session_idling_timeout: 1800, session_absolute_timeout: 604_800 },
          },
        ],
      },
    },
  },
  {
    hazard: "32-session-renames",
    hits: { files: { plugin: [{ name: "session", config: { cookie_lifetime: 7200, cookie_renew: 600 } }] } },
    evidence: ["session", "config.cookie_lifetime", "7200"],
    misses: {
      plugins: [{ name: "session", config: { cookie_lifetime: 3600, cookie_renew: 600 } }],
      files: {
        plugin: [
          { name: "session", config: { rolling_timeout: 7200, cookie_name: "sid" } },
          { name: "proxy-cache", config: { cookie_lifetime: 7200 } },
        ],
      },
    },
  },
  {
    hazard: "32-oauth2-refresh-ttl",
    hits: { plugins: [{ name: "oauth2", config: { refresh_token_ttl: 315_360_000 } }] },
    evidence: ["oauth2", "config.refresh_token_ttl", "315360000"],
    misses: {
      plugins: [{ name: "oauth2", config: { refresh_token_ttl: 100_000_000, token_expiration: 315_360_000 } }],
    },
  },
  {
    hazard: "32-fips-key-auth-enc",
    hits: { plugins: [{ name: "key-auth-enc", config: {} }], conf: { fips: "on" } },
    evidence: ["key-auth-enc"],
    misses: { plugins: [{ name: "key-auth-enc", config: {} }], conf: { fips: "off" } },
  },
  {
    hazard: "32-dataplane-rla-redis",
    from: "3.2.1.0",
    to: "3.2.2.4",
    hits: {
      deployment: { topology: "hybrid" },
      plugins: [{ name: "rate-limiting-advanced", config: { strategy: "redis" } }],
    },
    evidence: ["rate-limiting-advanced", "config.strategy", "redis"],
    misses: {
      deployment: { topology: "hybrid" },
      plugins: [{ name: "rate-limiting-advanced", config: { strategy: "local" } }],
    },
  },
];
