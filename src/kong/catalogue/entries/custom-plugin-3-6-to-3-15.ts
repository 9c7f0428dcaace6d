import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const ltsChanges34 = "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-34-310.md";
const breaking38 = "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.8";

export const customPlugin36To315Hazards: readonly Hazard[] = [
  {
    id: "36-ngx-var-http",
    title: "ngx.var.http_* joins repeated headers with commas",
    since: "3.6",
    edition: "both",
    area: "custom-plugin",
    severity: "changes_behaviour",
    when: {
      any: [
        {
          kind: "source",
          files: "**/*.lua",
          predicate: "matches",
          value: "ngx\\.var\\.http_|ngx\\.var\\[\\s*[\"']http_",
        },
        {
          kind: "plugin",
          name: "/^(?:pre|post)-function$/",
          path: "config.*",
          predicate: "matches",
          value: "ngx\\.var\\.http_|ngx\\.var\\[\\s*[\"']http_",
        },
        {
          kind: "nginx_template",
          predicate: "matches",
          value: "\\$http_(?!referer\\b|user_agent\\b|upgrade\\b|host\\b)\\w",
        },
      ],
    },
    effect: "Where a client sends a header twice, this code reads both values joined instead of the first one.",
    remedy: "Read headers with kong.request.get_header(), which still gives the first.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.6", ltsChanges34],
  },
  {
    id: "36-tools-utils",
    title: "Functions moved out of kong.tools.utils",
    since: "3.6",
    edition: "both",
    area: "custom-plugin",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "source", files: "**/*.lua", predicate: "matches", value: "kong\\.tools\\.utils" },
        {
          kind: "source",
          files: "**/*.lua",
          predicate: "matches",
          value:
            "\\b(?:load_module_if_exists|sha256_(?:bin|hex|base64|base64url)|topological_sort|sort_by_handler_priority|validate_labels|inflate_gzip|deflate_gzip)\\b",
        },
      ],
    },
    effect:
      "The function that this code calls is nil: the plugin fails at that line, at start or with the first request.",
    remedy:
      "Require the module that has it: kong.tools.module, kong.tools.sha256, kong.tools.gzip or kong.db.utils; check the names on the new version.",
    note: "The others (split, deep_copy, uuid and so on) are still reached through kong.tools.utils up to 3.9.",
    sources: ["Kong/kong@3.4.2, @3.6.1 and @3.9.3 kong/tools/utils.lua compared"],
  },
  {
    id: "38-custom-redis-lib",
    title: "Plugins on Kong's shared Redis library should move to its version 2",
    since: "3.8",
    edition: "enterprise",
    area: "custom-plugin",
    severity: "deprecation",
    when: {
      kind: "source",
      files: "**/*.lua",
      predicate: "matches",
      value: "kong\\.enterprise_edition\\.redis(?![\\w.])",
    },
    effect:
      "The plugin still works, but knows only the old lists of cluster and sentinel addresses; its stored configuration is not migrated.",
    remedy: "Drop redis.init_conf(conf) and require kong.enterprise_edition.tools.redis.v2.",
    sources: [breaking38, ltsChanges34],
  },
  {
    id: "38-custom-rl-lib",
    title: "Plugins on kong.tools.public.rate-limiting need redis_config_version v2",
    since: "3.8",
    edition: "enterprise",
    area: "custom-plugin",
    severity: "breaks_traffic",
    when: {
      all: [
        {
          kind: "source",
          files: "**/*.lua",
          predicate: "matches",
          value: "kong\\.tools\\.public\\.rate-limiting",
        },
        { kind: "source", files: "**/*.lua", predicate: "not_matches", value: "redis_config_version" },
      ],
    },
    effect: "The library reads the Redis settings of this plugin in the old form, and counting in Redis can fail.",
    remedy:
      'Call new_instance("<name>", { redis_config_version = "v2" }), together with version 2 of the Redis library.',
    sources: [breaking38, ltsChanges34],
  },
  {
    id: "38-tracing-modules",
    title: "kong.tracing.* moved to kong.observability.tracing.*",
    since: "3.8",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: {
      kind: "source",
      files: "**/*.lua",
      predicate: "matches",
      value: "kong\\.tracing\\.(?:instrumentation|propagation|request_id|tracing_context)",
    },
    effect: "A node that has this plugin enabled does not start: the module it requires is not there.",
    remedy: "Require kong.observability.tracing.* instead.",
    sources: ["Kong/kong@3.8.1 list of modules compared with 3.7.1"],
  },
  {
    id: "39-removed-modules",
    title: "Inner modules of opentelemetry and of the AI plugins are gone",
    since: "3.9",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: {
      kind: "source",
      files: "**/*.lua",
      predicate: "matches",
      value: "kong\\.plugins\\.opentelemetry\\.(?:otlp|proto)\\b|kong\\.llm\\.(?:state|proxy\\.handler)\\b",
    },
    effect: "A node that has this plugin enabled does not start: the module it requires is not there.",
    remedy: "Use kong.observability.otlp for OTLP; copy what else is needed into the plugin.",
    sources: ["Kong/kong@3.9.3 list of modules compared with 3.8.1"],
  },
  {
    id: "312-resty-kafka",
    title: "The module resty.kafka is deprecated",
    since: "3.12",
    edition: "enterprise",
    area: "custom-plugin",
    severity: "deprecation",
    when: { kind: "source", files: "**/*.lua", predicate: "matches", value: "\\bresty\\.kafka\\b" },
    effect: "The plugin still works, on a library that gets no repairs any more and will go.",
    remedy: "Bring a Kafka library of your own.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.12.0.0"],
  },
  {
    id: "314-tls-custom",
    title: "Plugins that call TLS servers without checking their certificate",
    since: "3.14",
    edition: "enterprise",
    area: "custom-plugin",
    severity: "breaks_traffic",
    applies: { conf: { tls_certificate_verify: ["unset", "on"] } },
    when: {
      kind: "source",
      files: "**/*.lua",
      predicate: "matches",
      value: "ssl_verify\\s*=\\s*false\\b|sslhandshake\\s*\\([^)]*\\bfalse\\b",
    },
    effect: "Calls of this code to TLS servers may be refused, because tls_certificate_verify is on by default.",
    remedy: "Check certificates, or make it a setting; for a transition set tls_certificate_verify = off.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/tls-verify-314.md"],
  },
];
