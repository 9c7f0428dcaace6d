import type { Example } from "#test/src/kong/catalogue/example.ts";

const prometheus = { name: "prometheus", config: { per_consumer: false } } as const;

export const metricsExamples: readonly Example[] = [
  {
    hazard: "30-prometheus-optin",
    hits: { plugins: [prometheus] },
    evidence: ["prometheus", "config.status_code_metrics"],
    misses: {
      plugins: [{ name: "statsd", config: {} }],
      files: {
        plugin: [
          {
            name: "prometheus",
            config: {
              status_code_metrics: true,
              latency_metrics: true,
              bandwidth_metrics: true,
              upstream_health_metrics: false,
            },
          },
        ],
      },
    },
  },
  {
    hazard: "30-prometheus-names",
    hits: { plugins: [prometheus], dashboards: '{"expr": "sum(rate(kong_http_status{code=~\\"5..\\"}[1m]))"}' },
    evidence: ["kong_http_status"],
    misses: {
      plugins: [prometheus],
      dashboards: '{"expr": "sum(rate(kong_http_requests_total[1m])) / rate(kong_kong_latency_ms_sum[1m])"}',
    },
  },
  {
    hazard: "30-prometheus-labels",
    hits: { plugins: [prometheus], dashboards: '{"expr": "max(kong_memory_lua_shared_dict_bytes) by (shared_dict)"}' },
    evidence: ["kong_memory_lua_shared_dict_bytes"],
    misses: { plugins: [prometheus], dashboards: '{"expr": "kong_datastore_reachable"}' },
  },
  {
    hazard: "30-prometheus-consumer",
    hits: { plugins: [{ name: "prometheus", config: { per_consumer: true } }] },
    evidence: ["prometheus", "config.per_consumer"],
    misses: { plugins: [prometheus] },
  },
  {
    hazard: "30-statsd-names",
    hits: { plugins: [{ name: "statsd", config: { prefix: "kong" } }] },
    evidence: ["statsd"],
    misses: { plugins: [{ name: "datadog", config: { prefix: "kong" } }] },
  },
  {
    hazard: "33-span-names",
    hits: { plugins: [{ name: "opentelemetry", config: {} }], conf: { tracing_instrumentations: "all" } },
    evidence: ["opentelemetry"],
    misses: {
      plugins: [
        { name: "opentelemetry", config: {} },
        { name: "zipkin", config: {} },
      ],
      conf: { tracing_instrumentations: "off" },
    },
  },
  {
    hazard: "37-latencies",
    hits: { plugins: [{ name: "http-log", config: { http_endpoint: "https://logs.example.com" } }] },
    evidence: ["http-log"],
    misses: { plugins: [{ name: "statsd", config: {} }] },
  },
  {
    hazard: "37-prometheus-workspace",
    hits: { plugins: [{ name: "prometheus", config: { status_code_metrics: true, latency_metrics: false } }] },
    evidence: ["prometheus", "config.status_code_metrics"],
    misses: {
      plugins: [
        {
          name: "prometheus",
          config: { status_code_metrics: false, latency_metrics: false, upstream_health_metrics: true },
        },
      ],
    },
  },
  {
    hazard: "310-ai-log-key",
    hits: { plugins: [{ name: "ai-proxy", config: { logging: { log_statistics: true } } }] },
    evidence: ["ai-proxy", "config.logging.log_statistics"],
    misses: {
      plugins: [
        { name: "ai-proxy", config: { logging: { log_statistics: false } } },
        { name: "ai-request-transformer", config: { logging: { log_statistics: true } } },
      ],
    },
  },
  {
    hazard: "313-dp-analytics",
    hits: { deployment: { topology: "hybrid" } },
    misses: { deployment: { topology: "traditional" } },
  },
];
