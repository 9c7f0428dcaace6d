import type { Environment } from "#src/plan/environment.ts";
import type { TrafficLimits } from "#src/plan/traffic.ts";
import type { ConfigEnvironment } from "./file-schema.ts";
import { present } from "./present.ts";

type FileSoak = ConfigEnvironment["soak"];
type FileMetrics = NonNullable<FileSoak["metrics"]>;

/** How long and by what the new version is watched; limits only where there are figures to hold against them. */
export function toSoak(file: FileSoak): Pick<Environment, "soak" | "metrics"> {
  const { metrics } = file;
  return {
    soak: {
      durationMs: file.duration,
      sampleEveryMs: file.sample_every,
      maxErrorRateIncrease: file.max_error_rate_increase,
      ...present("metricsUrl", file.metrics_url),
      ...(metrics === undefined ? {} : { limits: toLimits(file), baselineMs: file.baseline }),
    },
    ...present("metrics", metrics && toMetrics(metrics)),
  };
}

/** Half as much again, and for the slowest percent twice as much; a few milliseconds more are no fault. */
const usualLatency = {
  p50Ms: { ratio: 0.5, floorMs: 25 },
  p95Ms: { ratio: 0.5, floorMs: 50 },
  p99Ms: { ratio: 1, floorMs: 100 },
} as const satisfies TrafficLimits["latency"];

function toLimits(file: FileSoak): TrafficLimits {
  const { max_latency_increase: written } = file;
  return {
    minRequests: file.min_requests,
    latency:
      written === undefined
        ? usualLatency
        : {
            ...present("p50Ms", toLimit(written.p50)),
            ...present("p95Ms", toLimit(written.p95)),
            ...present("p99Ms", toLimit(written.p99)),
          },
    isLatencyNeeded: written !== undefined,
    maxRequestRateDrop: file.max_request_rate_drop,
  };
}

function toLimit(
  limit: { readonly ratio: number; readonly floor?: number | undefined } | undefined,
): TrafficLimits["latency"]["p50Ms"] {
  return limit && { ratio: limit.ratio, floorMs: limit.floor ?? 0 };
}

function toMetrics(metrics: FileMetrics): NonNullable<Environment["metrics"]> {
  switch (metrics.from) {
    case "kong":
      return { from: "kong" };
    case "command":
      return { from: "command", argv: metrics.argv, timeoutMs: metrics.timeout };
    case "prometheus": {
      const { queries, url, token } = metrics;
      return {
        from: "prometheus",
        url,
        ...present("token", token),
        queries: {
          requestRate: queries.request_rate ?? `sum(rate(${answered('code!=""')}[1m]))`,
          errorRate:
            queries.error_rate ??
            `(sum(rate(${answered('code=~"5.."')}[1m])) or vector(0)) / sum(rate(${answered('code!=""')}[1m]))`,
          p50Ms: queries.p50_ms ?? latencyOf(0.5),
          p95Ms: queries.p95_ms ?? latencyOf(0.95),
          p99Ms: queries.p99_ms ?? latencyOf(0.99),
        },
      };
    }
  }
}

/** Kong's counter by status, as it is called up to 2.8 and from 3.0 on: while nodes are replaced there are both. */
function answered(matcher: string): string {
  return `{__name__=~"kong_http_requests_total|kong_http_status",${matcher}}`;
}

/** Up to 2.8 one histogram holds three kinds of latencies; from 3.0 on each has its own, without the label. */
function latencyOf(quantile: number): string {
  const buckets = '{__name__=~"kong_request_latency_ms_bucket|kong_latency_bucket",type=~"request|"}';
  return `histogram_quantile(${quantile}, sum by (le) (rate(${buckets}[1m])))`;
}
