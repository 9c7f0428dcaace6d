import type { Fix, Hazard } from "#src/kong/catalogue/hazard.ts";

const rateLimiting = "/^(rate-limiting|response-ratelimiting)$/";

/** Fields below `redis_` of the two rate limiting plugins; each keeps its name below `redis` (schema of 3.6.1). */
const redisFields = [
  "host",
  "port",
  "username",
  "password",
  "ssl",
  "ssl_verify",
  "server_name",
  "timeout",
  "database",
] as const;

/** Changes of bundled plugins in 3.6 and 3.7. */
export const plugin36To37Hazards: readonly Hazard[] = [
  {
    id: "36-redis-schema",
    title: "acme, rate-limiting and response-ratelimiting: Redis fields moved below redis",
    since: "3.6",
    edition: "both",
    area: "plugin",
    severity: "deprecation",
    when: {
      any: [
        { kind: "plugin", name: rateLimiting, path: "config.redis_host", predicate: "is_set" },
        { kind: "file_plugin", name: rateLimiting, path: "config.*", predicate: "key_matches", value: "^redis_" },
        { kind: "plugin", name: "acme", path: "config.storage_config.redis.auth", predicate: "is_set" },
        { kind: "plugin", name: "acme", path: "config.storage_config.redis.ssl_server_name", predicate: "is_set" },
        { kind: "file_plugin", name: "acme", path: "config.storage_config.redis.namespace", predicate: "is_set" },
        { kind: "file_plugin", name: "acme", path: "config.storage_config.redis.scan_count", predicate: "is_set" },
      ],
    },
    effect:
      "The old names still work in files and scripts, but tools that read the configuration back find the new ones.",
    byMigration: "Rows in the database are rewritten (reliably from 3.6.1.5 and 3.7.0 on).",
    remedy:
      "Write config.redis.host and so on; acme: auth becomes password, ssl_server_name becomes server_name, namespace and scan_count move below extra_options. Never send old and new name with different values: 3.8 refuses that.",
    note: "From 3.6.0 to 3.6.1.4 the migration of these fields was faulty.",
    fixes: [
      ...["rate-limiting", "response-ratelimiting"].flatMap((plugin) =>
        redisFields.map((field): Fix => ({
          kind: "rename_field",
          plugin,
          from: `config.redis_${field}`,
          to: `config.redis.${field}`,
        })),
      ),
      ...Object.entries({
        auth: "password",
        ssl_server_name: "server_name",
        namespace: "extra_options.namespace",
        scan_count: "extra_options.scan_count",
      }).map(([from, to]): Fix => ({
        kind: "rename_field",
        plugin: "acme",
        from: `config.storage_config.redis.${from}`,
        to: `config.storage_config.redis.${to}`,
      })),
    ],
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.6",
      "Kong/kong@3.6.1 kong/plugins/{acme,rate-limiting,response-ratelimiting}/schema.lua",
    ],
  },
  {
    id: "36-azure-functions",
    title: "azure-functions builds the path from routeprefix and functionname only",
    since: "3.6",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: { kind: "plugin", name: "azure-functions" },
    effect:
      "Functions are called under another path: what followed the route's path in the request is not appended any more.",
    remedy: "Check routeprefix and functionname on a test route; one instance now calls exactly one address.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.6",
      "Kong/kong@3.6.0 kong/plugins/azure-functions/handler.lua",
    ],
  },
  {
    id: "36-oas-validation",
    title: "oas-validation checks only bodies of application/json",
    since: "3.6",
    edition: "enterprise",
    area: "plugin",
    severity: "changes_behaviour",
    when: { kind: "plugin", name: "oas-validation" },
    effect: "Requests and answers with another content type pass without being checked against the specification.",
    remedy: "Refuse other content types on these routes by other means, if they must not pass.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.6"],
  },
  {
    id: "36-http2-body",
    title: "3.6: HTTP/2 requests without Content-Length fail in plugins that read the body",
    since: "3.6",
    fixedIn: ["3.6.1.1", "3.7"],
    fixedInOss: ["3.6.1"],
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      kind: "plugin",
      name: "/^(jq|request-size-limiting|request-validator|ai-request-transformer|request-transformer|request-transformer-advanced)$/",
    },
    effect: "Such requests, and those with Transfer-Encoding: chunked, get 500 on routes with these plugins.",
    remedy: "Go to 3.6.1.1 (OSS 3.6.1) or 3.7 instead.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.6", "Kong/kong@3.6.1 CHANGELOG.md"],
  },
  {
    id: "36-realm",
    title: "basic-auth: 401 answers name the realm service instead of kong",
    since: "3.6",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: { kind: "plugin", name: "basic-auth" },
    effect:
      "Every 401 carries WWW-Authenticate with realm service; browsers ask again where they remembered the password for realm kong, and may ask where they did not.",
    remedy: "Set config.realm after the upgrade where clients or tests depend on it.",
    sources: ["Kong/kong@3.5.0, @3.6.0 kong/plugins/basic-auth/access.lua"],
  },
  {
    id: "37-realm",
    title: "key-auth: WWW-Authenticate without a realm, on every 401 answer",
    since: "3.7",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: { kind: "plugin", name: "key-auth" },
    effect:
      '401 answers say Key instead of Key realm="kong", and those for a wrong key carry the header, too; clients and tests that compare it fail.',
    remedy: "Set config.realm after the upgrade where clients depend on it.",
    sources: ["Kong/kong@3.6.0, @3.7.0 kong/plugins/key-auth/handler.lua"],
  },
  {
    id: "37-ai-proxy-anthropic",
    title: "ai-proxy calls Anthropic's messages API for llm/v1/chat",
    since: "3.7",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "plugin", name: "ai-proxy", path: "config.model.provider", predicate: "equals", value: "anthropic" },
        { kind: "plugin", name: "ai-proxy", path: "config.route_type", predicate: "equals", value: "llm/v1/chat" },
      ],
    },
    effect:
      "Requests go to /v1/messages instead of /v1/complete; a model or an upstream_url made for the old API answers with errors.",
    remedy: "Test the model name and upstream_url against the messages API before the upgrade.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.7", "Kong/kong@3.7.0 CHANGELOG.md"],
  },
  {
    id: "37-queue-fields-deprecated",
    title: "Old queue fields and header_type are deprecated",
    since: "3.7",
    edition: "both",
    area: "plugin",
    severity: "deprecation",
    when: {
      any: [
        {
          kind: "file_plugin",
          name: "/^(http-log|statsd|datadog)$/",
          path: "config.*",
          predicate: "key_matches",
          value: "^(retry_count|queue_size|flush_timeout)$",
        },
        {
          kind: "file_plugin",
          name: "opentelemetry",
          path: "config.*",
          predicate: "key_matches",
          value: "^(batch_span_count|batch_flush_delay|header_type)$",
        },
        {
          kind: "file_plugin",
          name: "zipkin",
          path: "config.*",
          predicate: "key_matches",
          value: "^(default_)?header_type$",
        },
        {
          kind: "plugin",
          name: "/^(opentelemetry|zipkin)$/",
          path: "config.header_type",
          predicate: "matches",
          value: "^(?!preserve$).",
        },
        {
          kind: "plugin",
          name: "zipkin",
          path: "config.default_header_type",
          predicate: "matches",
          value: "^(?!b3$).",
        },
      ],
    },
    effect:
      "The fields work as in the version before; each write of such an instance logs a warning, and 4.0 drops them.",
    remedy:
      "Use config.queue (see the queues of 3.3), and config.propagation instead of header_type and default_header_type.",
    sources: ["Kong/kong@3.7.0 changelog/3.7.0/3.7.0.md", "Kong/kong@3.7.1 kong/plugins/*/schema.lua"],
  },
];
