import { fieldOf, plugins } from "./evidence.ts";
import { whenFound } from "./hazard.ts";
import type { Hazard } from "./hazard.ts";

/** Changes of metrics, logs and traces. */
export const observabilityHazards: readonly Hazard[] = [
  {
    id: "30-prometheus-metrics",
    since: "3.0",
    severity: "changes_behaviour",
    title: "prometheus: metrics are renamed, and four groups are off by default",
    effect:
      "status code, latency, bandwidth and upstream health metrics disappear until they are switched on; dashboards and alerts on the old names fall silent.",
    remedy:
      "Set status_code_metrics, latency_metrics, bandwidth_metrics, upstream_health_metrics; move dashboards to kong_http_requests_total, kong_request_latency_ms, kong_kong_latency_ms, kong_upstream_latency_ms, kong_bandwidth_bytes.",
    source: "Kong developer docs, breaking changes 3.0; Kong Enterprise LTS 2.8 to 3.4 upgrade guide",
    check: whenFound((facts) => plugins(facts, ["prometheus"], () => "in use")),
  },
  {
    id: "30-prometheus-consumer",
    since: "3.0",
    severity: "changes_behaviour",
    title: "prometheus: counters per consumer were merged into http_requests_total",
    effect: "kong_http_consumer_status is gone.",
    remedy: "Use the label consumer of kong_http_requests_total.",
    source: "Kong/kong CHANGELOG 3.0.0",
    check: whenFound((facts) =>
      plugins(facts, ["prometheus"], (plugin) =>
        fieldOf(plugin.config, "per_consumer") === true ? "config.per_consumer = true" : undefined,
      ),
    ),
  },
  {
    id: "30-statsd-names",
    since: "3.0",
    severity: "changes_behaviour",
    title: "statsd: metric names changed",
    effect: "Names carry service., status names are shorter, the total per status is gone.",
    remedy: "Move dashboards and alerts.",
    source: "Kong developer docs, breaking changes 3.0",
    check: whenFound((facts) => plugins(facts, ["statsd", "statsd-advanced"], () => "in use")),
  },
  {
    id: "33-span-names",
    since: "3.3",
    severity: "changes_behaviour",
    title: "Tracing spans were renamed",
    effect: "Filters and dashboards of the tracing backend find nothing under the old names.",
    remedy: "Adapt them.",
    source: "Kong/kong CHANGELOG 3.3.0",
    check: whenFound((facts) => plugins(facts, ["opentelemetry", "zipkin"], () => "in use")),
  },
  {
    id: "37-latencies",
    since: "3.7",
    severity: "changes_behaviour",
    title: "Logs: latencies.kong is counted without the time to receive the body",
    effect: "Latency figures get smaller; latencies.receive is new.",
    remedy: "Adapt thresholds.",
    source: "Kong/kong CHANGELOG 3.7.0",
    check: whenFound((facts) =>
      plugins(facts, ["file-log", "tcp-log", "udp-log", "http-log", "syslog", "loggly", "kafka-log"], () => "in use"),
    ),
  },
  {
    id: "37-prometheus-workspace",
    since: "3.7",
    severity: "changes_behaviour",
    title: "prometheus: the label workspace was added",
    effect: "Queries that sum over all labels double, and recording rules change.",
    remedy: "Check queries.",
    source: "Kong/kong CHANGELOG 3.7.0",
    check: whenFound((facts) => plugins(facts, ["prometheus"], () => "in use")),
  },
];
