import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const withRedisCluster =
  "/^(ai-rate-limiting-advanced|graphql-proxy-cache-advanced|graphql-rate-limiting-advanced|proxy-cache-advanced|rate-limiting-advanced)$/";

/** Changes of bundled plugins in 3.8. */
export const plugin38Hazards: readonly Hazard[] = [
  {
    id: "38-realm",
    title: "hmac-auth, jwt, ldap-auth and oauth2: new WWW-Authenticate headers on 401 answers",
    since: "3.8",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: { kind: "plugin", name: "/^(hmac-auth|jwt|ldap-auth|oauth2)$/" },
    effect:
      "jwt and hmac-auth send the header for the first time, ldap-auth and oauth2 without their old realm; clients and tests that compare it fail, and browsers may react to it.",
    remedy: "Set config.realm after the upgrade where clients depend on it, or remove the header.",
    sources: ["Kong/kong@3.7.0, @3.8.0 kong/plugins/{hmac-auth,jwt,ldap-auth,oauth2}"],
  },
  {
    id: "38-log-statistics",
    title: "ai-proxy: logging.log_statistics is off by default",
    since: "3.8",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: {
      any: [
        { kind: "file_plugin", name: "ai-proxy", path: "config.logging.log_statistics", predicate: "not_set" },
        {
          all: [
            {
              kind: "plugin",
              name: "ai-proxy",
              path: "config.logging.log_statistics",
              predicate: "equals",
              value: true,
            },
            {
              kind: "plugin",
              name: "ai-proxy",
              path: "config.model.provider",
              predicate: "equals",
              value: "anthropic",
            },
            {
              kind: "plugin",
              name: "ai-proxy",
              path: "config.route_type",
              predicate: "equals",
              value: "llm/v1/completions",
            },
          ],
        },
      ],
    },
    effect:
      "Token and model figures disappear from the logs: after the next sync where the file does not say, and for Anthropic completions in any case, where true is refused.",
    byMigration: "`finish` turns it off for provider anthropic with route_type llm/v1/completions; other rows stay.",
    remedy: "Write config.logging.log_statistics = true where the figures are needed.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.8",
      "Kong/kong@3.8.0 kong/plugins/ai-proxy/migrations/001_360_to_370.lua, kong/llm/schemas/init.lua",
    ],
  },
  {
    id: "38-redis-addresses",
    title: "cluster_addresses and sentinel_addresses become cluster_nodes and sentinel_nodes",
    since: "3.8",
    edition: "enterprise",
    area: "plugin",
    severity: "deprecation",
    when: {
      any: [
        { kind: "plugin", name: withRedisCluster, path: "config.redis.cluster_addresses", predicate: "is_set" },
        { kind: "plugin", name: withRedisCluster, path: "config.redis.sentinel_addresses", predicate: "is_set" },
        { kind: "file_plugin", name: withRedisCluster, path: "config.redis.timeout", predicate: "is_set" },
      ],
    },
    effect:
      "The old fields are still translated, but tools that read the configuration back find the new ones; redis.timeout goes in 4.0.",
    byMigration: "`up` and `finish` convert the rows of bundled plugins.",
    remedy:
      "Write the addresses as lists of {ip, port} (cluster_nodes) or {host, port} (sentinel_nodes), and connect_timeout, send_timeout and read_timeout instead of timeout.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.8",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.8.0.0",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-34-310.md",
    ],
  },
  {
    id: "38-session-redis",
    title: "openid-connect and saml: Redis fields of sessions moved below redis",
    since: "3.8",
    edition: "enterprise",
    area: "plugin",
    severity: "deprecation",
    when: {
      any: [
        {
          kind: "plugin",
          name: "/^(openid-connect|saml)$/",
          path: "config.session_redis_host",
          predicate: "is_set",
        },
        {
          kind: "file_plugin",
          name: "/^(openid-connect|saml)$/",
          path: "config.*",
          predicate: "key_matches",
          value: "^session_redis_",
        },
      ],
    },
    effect: "The old names still work, but tools that read the configuration back find the new ones.",
    remedy: "Write config.redis.host and so on into files and scripts when all nodes run 3.8 or later.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.8.0.0"],
  },
  {
    id: "38-redis-timeout-mismatch",
    title: "3.8.0.0 and 3.8.1.0 do not start when redis.timeout and redis.connect_timeout differ",
    since: "3.8.0.0",
    fixedIn: ["3.8.1.1", "3.9"],
    edition: "enterprise",
    area: "plugin",
    severity: "stops_start",
    when: {
      any: ["rate-limiting-advanced", "proxy-cache-advanced"].map((name) => ({
        all: [
          { kind: "plugin", name, path: "config.redis.timeout", predicate: "is_set" },
          { kind: "plugin", name, path: "config.redis.connect_timeout", predicate: "is_set" },
          {
            kind: "plugin",
            name,
            path: "config.redis.timeout",
            predicate: "differs_from",
            value: "config.redis.connect_timeout",
          },
        ],
      })),
    },
    effect: "The node refuses to start after the upgrade.",
    remedy: "Make the two values equal before, or go to 3.8.1.1, 3.9 or later.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.8.1.1"],
  },
  {
    id: "38-otel-endpoint",
    title: "opentelemetry: endpoint becomes traces_endpoint",
    since: "3.8",
    edition: "both",
    area: "plugin",
    severity: "deprecation",
    when: { kind: "plugin", name: "opentelemetry", path: "config.endpoint", predicate: "is_set" },
    effect: "Traces go on; tools that read the configuration back find traces_endpoint, and 4.0 drops the old name.",
    byMigration: "Control planes send the old name to older data planes.",
    remedy: "Rename it in files.",
    fixes: [{ kind: "rename_field", plugin: "opentelemetry", from: "config.endpoint", to: "config.traces_endpoint" }],
    sources: ["Kong/kong@3.8.0 CHANGELOG.md", "Kong/kong@3.8.1 kong/plugins/opentelemetry/schema.lua"],
  },
  {
    id: "38-correlation-generator",
    title: "correlation-id: generator may not be null",
    since: "3.8",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: { kind: "plugin", name: "correlation-id", path: "config.generator", predicate: "is_null" },
    effect: "The configuration of this instance is not valid any more: updating or syncing it is refused.",
    byMigration: "Nothing: rows with null stay.",
    remedy: "Set config.generator before the upgrade; uuid#counter is the default.",
    sources: ["Kong/kong@3.8.0 CHANGELOG.md", "Kong/kong@3.8.1 kong/plugins/correlation-id/schema.lua"],
  },
];
