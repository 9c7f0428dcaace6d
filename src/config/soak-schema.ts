import { z } from "zod";
import { secretRefSchema } from "#src/plan/secret-ref.ts";
import { duration, plainDuration, url } from "./field-schemas.ts";

const share = z.number().min(0).max(1);
const query = z.string().min(1).max(4_000);

const prometheus = z.strictObject({
  from: z.literal("prometheus"),
  url: url.describe("a Prometheus server, or what answers its query API"),
  token: secretRefSchema.optional().describe("sent as a bearer token"),
  queries: z
    .strictObject({
      request_rate: query.optional().describe("requests per second of the proxies"),
      error_rate: query.optional().describe("share of failed requests, 0 to 1"),
      p50_ms: query.optional(),
      p95_ms: query.optional(),
      p99_ms: query.optional(),
    })
    .prefault({})
    .describe("PromQL that gives one number each; where absent, Kong's own metrics of the last minute"),
});

const metrics = z.discriminatedUnion("from", [
  z.strictObject({
    from: z.literal("kong").describe("the nodes' Prometheus plugin (GET /metrics), else GET /status"),
  }),
  prometheus,
  z.strictObject({
    from: z.literal("command"),
    argv: z
      .array(z.string())
      .min(1)
      .describe("prints JSON {request_rate, error_rate, p50_ms, p95_ms, p99_ms}; null for what it cannot tell"),
    timeout: duration("30s", "longest time the command may take"),
  }),
]);

const latencyLimit = z.strictObject({
  ratio: z.number().min(0).max(1_000).default(0).describe("share of the baseline that is allowed on top of it"),
  floor: plainDuration("an increase up to this passes whatever the ratio says").optional(),
});

/** How the new version is watched before the point of no return. */
export const soak = z
  .strictObject({
    duration: duration("10m", "how long the new version is watched before the point of no return"),
    sample_every: duration("10s", "time between two samples"),
    metrics: metrics.optional().describe("where requests, failures and latencies of the proxies are read"),
    baseline: duration("1m", "how long the old version is watched with `metrics` before anything is touched"),
    metrics_url: url
      .optional()
      .describe("answers JSON {requests, errors, error_rate}; without it and `metrics` the smoke tests are repeated"),
    max_error_rate_increase: share.default(0.01),
    max_latency_increase: z
      .strictObject({
        p50: latencyLimit.optional(),
        p95: latencyLimit.optional(),
        p99: latencyLimit.optional(),
      })
      .optional()
      .describe("with `metrics`; where it is written, a source that tells no latency cannot pass"),
    max_request_rate_drop: share
      .default(0.8)
      .describe("highest share of the requests per second that may stay away; 1 allows all"),
    min_requests: z
      .number()
      .int()
      .min(1)
      .default(100)
      .describe("with fewer requests than this, before or during the soak, a person decides"),
  })
  .refine((written) => written.metrics === undefined || written.metrics_url === undefined, {
    path: ["metrics_url"],
    error: "give either metrics or metrics_url",
  });
