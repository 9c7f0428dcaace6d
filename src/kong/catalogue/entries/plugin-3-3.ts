import type { Leaf } from "#src/kong/catalogue/condition.ts";
import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/** Old queue fields with their old defaults, which the Admin API of old versions shows on every instance (schema of 3.2.2). */
const oldQueueFields: readonly (readonly [plugins: string, field: string, usual: number])[] = [
  ["/^(http-log|statsd|datadog)$/", "retry_count", 10],
  ["/^(http-log|statsd|datadog)$/", "queue_size", 1],
  ["/^(http-log|statsd|datadog)$/", "flush_timeout", 2],
  ["opentelemetry", "batch_span_count", 200],
  ["opentelemetry", "batch_flush_delay", 3],
];

/** Changes of bundled plugins in 3.3. */
export const plugin33Hazards: readonly Hazard[] = [
  {
    id: "33-plugin-queues",
    title: "Queues of logging plugins were rebuilt",
    since: "3.3",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: {
      any: [
        ...oldQueueFields.flatMap(([name, field, usual]): readonly Leaf[] => [
          { kind: "plugin", name, path: `config.${field}`, predicate: "lt", value: usual },
          { kind: "plugin", name, path: `config.${field}`, predicate: "gt", value: usual },
        ]),
        { kind: "plugin", name: "zipkin" },
      ],
    },
    effect:
      "retry_count has no effect any more, a full queue drops its oldest entries, and retries end after max_retry_time. zipkin sends through such a queue now, too.",
    byMigration: "Old fields are mapped at run time where they differ from the old default, except retry_count.",
    remedy:
      "Set config.queue: queue_size and batch_span_count become max_batch_size, flush_timeout and batch_flush_delay become max_coalescing_delay; instead of retry_count set max_retry_time and initial_retry_delay. Check max_entries (10000) against the peak.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.3",
      "Kong/kong@3.3.1 kong/tools/queue.lua, kong/tools/queue_schema.lua",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "32-proxy-cache-content-type",
    title: "proxy-cache: content_type understands wildcards and parameters",
    since: "3.3",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: {
      kind: "plugin",
      name: "proxy-cache",
      path: "config.content_type[*]",
      predicate: "matches",
      value: "[*;]",
    },
    effect:
      "Answers that were not cached can be: an entry with * matched nothing before, and one with a charset only the very same text.",
    remedy: "Read config.content_type as patterns, and take out what must not be cached.",
    note: "The changelog names 3.2, the source compares texts up to 3.2.2 and parses them from 3.3 on.",
    sources: ["Kong/kong@3.2.2, @3.3.1 kong/plugins/proxy-cache/handler.lua"],
  },
  {
    id: "33-http-log-3xx",
    title: "http-log: an answer 3xx of the log server is a failure and is retried",
    since: "3.3",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "plugin", name: "http-log", path: "config.http_endpoint", predicate: "is_set" },
        {
          kind: "manual",
          question: "Does the server behind an http_endpoint of http-log answer with a redirect (3xx)?",
        },
      ],
    },
    effect: "Logs sent to an address that redirects are sent again and again, pile up in the queue and are dropped.",
    remedy: "Point http_endpoint to the final address.",
    note: "Before, such entries were lost silently.",
    sources: ["Kong/kong@3.3.0 CHANGELOG.md", "Kong docs, Enterprise LTS 2.8 to 3.4 guide"],
  },
  {
    id: "33-serverless-cache",
    title: "pre-function and post-function: own kong.cache, secrets of kong.configuration hidden",
    since: "3.3",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      kind: "plugin",
      name: "/^(pre|post)-function$/",
      path: "config.*",
      predicate: "matches",
      value: "kong\\.cache\\b|kong\\.configuration\\b(?!\\.(?!\\w*password|proxy_server))",
    },
    effect:
      "kong.cache is a cache of these plugins alone, so code that shares entries with Kong or other plugins does not find them; passwords and proxy_server read as ******.",
    remedy: "Do not use the global cache or secrets of the configuration from these plugins.",
    sources: [
      "Kong/kong@3.3.0 CHANGELOG.md",
      "Kong/kong@3.3.0 kong/plugins/pre-function/_handler.lua, kong/conf_loader/init.lua",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "33-appdynamics",
    title: "app-dynamics carries the version of Kong",
    since: "3.3",
    edition: "enterprise",
    area: "plugin",
    severity: "info",
    when: { kind: "plugin", name: "app-dynamics" },
    effect: "Only the version that the Admin API tells for the plugin changes.",
    remedy: "Nothing to do, except for scripts that compare that version.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.3.0.0"],
  },
  {
    id: "33-oidc-hcv-secret",
    title: "3.3.0.0: openid-connect does not read client_secret from HashiCorp Vault",
    since: "3.3.0.0",
    fixedIn: ["3.4"],
    edition: "enterprise",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      kind: "plugin",
      name: "openid-connect",
      path: "config.client_secret[*]",
      predicate: "matches",
      value: "^\\{vault://(?!(env|aws|gcp|azure)/)",
    },
    effect: "The plugin logs in at the identity provider with a wrong secret: logins and token exchanges fail.",
    remedy: "Leave 3.3.0.0 out, or write the secret itself for that time.",
    note: "No document tells the version with the repair; 3.4 is assumed.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.3.0.0 known issues"],
  },
];
