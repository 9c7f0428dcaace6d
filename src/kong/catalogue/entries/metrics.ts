import type { Leaf } from "#src/kong/catalogue/condition.ts";
import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const breaking30 = [
  "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
  "Kong docs, upgrade guide 3.0.x",
  "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
] as const;

/** Switches of prometheus that came with 3.0, all off by default. */
const metricSwitches = [
  "status_code_metrics",
  "latency_metrics",
  "bandwidth_metrics",
  "upstream_health_metrics",
] as const;

/** Metrics, log fields and spans that dashboards and alerts read. */
export const metricsHazards: readonly Hazard[] = [
  {
    id: "30-prometheus-optin",
    title: "prometheus: status code, latency, bandwidth and upstream health metrics are off by default",
    since: "3.0",
    edition: "both",
    area: "metrics",
    severity: "changes_behaviour",
    when: {
      any: metricSwitches.map((field): Leaf => ({
        kind: "plugin",
        name: "prometheus",
        path: `config.${field}`,
        predicate: "not_set",
      })),
    },
    effect:
      "Request counts, latencies, bandwidth and upstream health disappear until they are switched on: dashboards show nothing, and alerts on them never fire.",
    byMigration: "Stored instances get all four switches with false.",
    remedy:
      "Right after the upgrade set status_code_metrics, latency_metrics, bandwidth_metrics and upstream_health_metrics, and per_consumer where it is needed. 2.x refuses these fields.",
    note: "Two documents write lantency_metrics; the schema says latency_metrics.",
    sources: [...breaking30, "Kong/kong@3.0.2 kong/plugins/prometheus/schema.lua"],
  },
  {
    id: "30-prometheus-names",
    title: "prometheus: metrics are renamed",
    since: "3.0",
    edition: "both",
    area: "metrics",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "plugin", name: "prometheus" },
        {
          kind: "metrics_consumer",
          predicate: "matches",
          value:
            "\\bkong_(http_status|latency(_bucket|_sum|_count)?|bandwidth|stream_status|nginx_(http|stream)_current_connections|http_consumer_status|request_count|consumer_status)\\b",
        },
      ],
    },
    effect: "Panels with the old names show nothing, and alerts on them never fire.",
    remedy:
      "Change dashboards and alerts before the traffic moves: kong_http_status becomes kong_http_requests_total; kong_latency becomes kong_request_latency_ms, kong_upstream_latency_ms and kong_kong_latency_ms (stream: kong_session_duration_ms) with other buckets; kong_bandwidth becomes kong_bandwidth_bytes with the label direction instead of type; kong_stream_status becomes kong_stream_sessions_total; kong_nginx_http_current_connections and kong_nginx_stream_current_connections become kong_nginx_connections_total; kong_http_consumer_status becomes the label consumer of kong_http_requests_total.",
    sources: [...breaking30, "Kong/kong@2.8.5, @3.0.2 kong/plugins/prometheus/exporter.lua"],
  },
  {
    id: "30-prometheus-labels",
    title: "prometheus: memory metrics carry the label node_id",
    since: "3.0",
    edition: "both",
    area: "metrics",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "plugin", name: "prometheus" },
        {
          kind: "metrics_consumer",
          predicate: "matches",
          value: "\\bkong_memory_(workers_lua_vms_bytes|lua_shared_dict(_total)?_bytes)\\b",
        },
      ],
    },
    effect:
      "Memory panels and rules see new series; a node that restarts gets a new node_id, so that its old series stand next to the new ones until they expire.",
    remedy:
      "Group by instance, or take node_id out with sum without (node_id). The new gauge kong_node_info tells version and node_id, and kong_http_requests_total has a new label source.",
    sources: [...breaking30, "Kong/kong@3.0.2 kong/plugins/prometheus/exporter.lua"],
  },
  {
    id: "30-prometheus-consumer",
    title: "prometheus: counters per consumer are merged into http_requests_total",
    since: "3.0",
    edition: "both",
    area: "metrics",
    severity: "changes_behaviour",
    when: { kind: "plugin", name: "prometheus", path: "config.per_consumer", predicate: "equals", value: true },
    effect:
      "kong_http_consumer_status is gone. Counts per consumer come back only with status_code_metrics, as the label consumer of kong_http_requests_total.",
    remedy: "Switch status_code_metrics on, keep per_consumer, and move panels and alerts to the label.",
    sources: breaking30,
  },
  {
    id: "30-statsd-names",
    title: "statsd: metric names changed",
    since: "3.0",
    edition: "both",
    area: "metrics",
    severity: "changes_behaviour",
    when: { kind: "plugin", name: "statsd" },
    effect:
      "Every metric of a service arrives under another name, and the totals per status are gone: dashboards and alerts on the old names fall silent.",
    remedy:
      "Change dashboards: kong.<service>.request.count becomes kong.service.<service>.request.count; kong.<service>.request.status.<n> becomes kong.service.<service>.status.<n>; kong.<service>.user.<consumer>.request.status.<n> becomes kong.service.<service>.user.<consumer>.status.<n>; sum the statuses instead of *.status.<n>.total.",
    note: "The documents name statsd only, not statsd-advanced.",
    sources: breaking30,
  },
  {
    id: "33-span-names",
    title: "Spans of Kong's tracing are renamed",
    since: "3.3",
    edition: "both",
    area: "metrics",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "plugin", name: "opentelemetry" },
        {
          kind: "conf",
          key: "/^(tracing_instrumentations|opentelemetry_tracing)$/",
          predicate: "matches",
          value: "^(?!off$).",
        },
      ],
    },
    effect:
      "Filters, dashboards and sampling rules of the tracing backend find nothing under the old names: the span of a request is called kong instead of method and path, others kong.router, kong.balancer, kong.<phase>.plugin.<name>.",
    remedy: "Change them to the new names; method and path are attributes of the span.",
    note: "zipkin makes its own spans, which keep their names.",
    sources: ["Kong/kong@3.3.0 CHANGELOG.md", "Kong/kong@3.2.2, @3.3.0 kong/tracing/instrumentation.lua"],
  },
  {
    id: "37-latencies",
    title: "Logs: latencies.kong is counted without the time to receive the answer",
    since: "3.7",
    edition: "both",
    area: "metrics",
    severity: "changes_behaviour",
    when: {
      kind: "plugin",
      name: "/^(file-log|tcp-log|udp-log|http-log|syslog|loggly|kafka-log)$/",
    },
    effect: "The figure in log entries gets smaller; thresholds on it do not fire any more. latencies.receive is new.",
    remedy: "Adapt thresholds; the old figure is latencies.kong + latencies.receive.",
    sources: ["Kong/kong@3.7.0 changelog/3.7.0/3.7.0.md", "Kong/kong@3.7.0 kong/pdk/log.lua"],
  },
  {
    id: "37-prometheus-workspace",
    title: "prometheus: request, latency and bandwidth metrics carry the label workspace",
    since: "3.7",
    edition: "both",
    area: "metrics",
    severity: "changes_behaviour",
    when: {
      any: ["status_code_metrics", "latency_metrics", "bandwidth_metrics"].map((field): Leaf => ({
        kind: "plugin",
        name: "prometheus",
        path: `config.${field}`,
        predicate: "equals",
        value: true,
      })),
    },
    effect:
      "All these series start anew with one more label: queries that join on the whole set of labels find no partner, and rules that keep all labels give old and new series side by side until the old ones expire.",
    remedy: "Name the labels in joins (on, by), or take workspace out with without (workspace).",
    sources: ["Kong/kong@3.7.0 changelog/3.7.0/3.7.0.md", "Kong/kong@3.7.0 kong/plugins/prometheus/exporter.lua"],
  },
  {
    id: "310-ai-log-key",
    title: "AI figures stand under ai.proxy in logs, not under ai.ai-proxy",
    since: "3.10",
    edition: "enterprise",
    area: "metrics",
    severity: "changes_behaviour",
    when: {
      any: [
        { kind: "plugin", name: "ai-proxy", path: "config.logging.log_statistics", predicate: "equals", value: true },
        {
          kind: "plugin",
          name: "ai-proxy-advanced",
          path: "config.targets[*].logging.log_statistics",
          predicate: "equals",
          value: true,
        },
      ],
    },
    effect: "Log pipelines and dashboards that read ai.ai-proxy find no token counts, costs and models any more.",
    remedy: "Change them to ai.proxy, or let them read both keys during the upgrade.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.10"],
  },
  {
    id: "313-dp-analytics",
    title: "Data planes send no figures about rate limiting and threats any more",
    since: "3.13",
    edition: "enterprise",
    area: "metrics",
    severity: "info",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "equals", value: "hybrid" },
        {
          kind: "manual",
          question: "Does anybody read the analytics about rate limiting or threats that data planes send?",
        },
      ],
    },
    effect: "These analytics stay empty from the upgrade of the data planes on.",
    remedy: "Take such figures from the metrics or logs of the plugins.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.13.0.0"],
  },
];
