import type { Example } from "#test/src/kong/catalogue/example.ts";

export const plugin34To35Examples: readonly Example[] = [
  {
    hazard: "34-queue-integers",
    hits: { plugins: [{ name: "http-log", config: { queue: { max_batch_size: 10.5, initial_retry_delay: 0.01 } } }] },
    evidence: ["http-log", "config.queue.max_batch_size", "10.5"],
    misses: {
      plugins: [
        {
          name: "http-log",
          config: { queue: { max_batch_size: 10, max_entries: 10_000, max_bytes: null, initial_retry_delay: 0.001 } },
        },
      ],
    },
  },
  {
    hazard: "34-referenceable-known-issue",
    hits: { plugins: [{ name: "http-log", config: { http_endpoint: "{vault://env/log-endpoint}" } }] },
    evidence: ["http-log", "config.http_endpoint", "{vault://env/log-endpoint}"],
    misses: {
      plugins: [
        {
          name: "http-log",
          config: { http_endpoint: "https://logs.example.com", headers: { Authorization: "{vault://env/log-token}" } },
        },
      ],
    },
  },
  {
    hazard: "34-request-validator-ct",
    hits: { plugins: [{ name: "request-validator", config: { allowed_content_types: ["application/json"] } }] },
    evidence: ["request-validator", "application/json"],
    misses: {
      plugins: [{ name: "request-validator", config: { allowed_content_types: ["application/json; charset=utf-8"] } }],
    },
  },
  {
    hazard: "34-graphql-rla",
    from: "3.4.0.0",
    to: "3.4.1.0",
    hits: { plugins: [{ name: "graphql-rate-limiting-advanced", config: { strategy: "redis" } }] },
    evidence: ["graphql-rate-limiting-advanced"],
    misses: { plugins: [{ name: "rate-limiting-advanced", config: { strategy: "redis" } }] },
  },
  {
    hazard: "35-session-read-body",
    hits: { files: { plugin: [{ name: "session", config: { logout_post_arg: "logout" } }] } },
    evidence: ["session", "config.logout_post_arg"],
    misses: {
      files: {
        plugin: [
          { name: "session", config: { logout_post_arg: "logout", read_body_for_logout: true } },
          { name: "my-login", config: { logout_post_arg: "logout" } },
        ],
      },
    },
  },
  {
    hazard: "35-plugin-ordering",
    hits: {
      plugins: [{ name: "key-auth", config: {}, ordering: { before: { access: ["rate-limiting"] } } }],
      licence: "none",
    },
    evidence: ["key-auth", "ordering"],
    misses: {
      plugins: [{ name: "key-auth", config: {}, ordering: { before: { access: ["rate-limiting"] } } }],
      licence: "2027-12-31",
    },
  },
  {
    hazard: "35-oauth2-refresh-scope",
    hits: { plugins: [{ name: "oauth2", config: { scopes: ["orders", "profile"] } }] },
    misses: { plugins: [{ name: "oauth2", config: { scopes: null } }] },
    missesHop: { from: "3.6.1", to: "3.7.1" },
  },
];
