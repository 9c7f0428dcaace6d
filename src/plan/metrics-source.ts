import { z } from "zod";
import { secretRefSchema } from "./secret-ref.ts";

/** Where the figures of the proxies are read: requests per second, failed requests, latencies. */
export const metricsSchema = z.discriminatedUnion("from", [
  /** The nodes themselves: their Prometheus plugin, else the number of requests that `GET /status` tells. */
  z.object({ from: z.literal("kong") }),
  /** A Prometheus server; each query gives one number. */
  z.object({
    from: z.literal("prometheus"),
    url: z.string(),
    /** Sent as a bearer token. */
    token: secretRefSchema.optional(),
    queries: z.object({
      requestRate: z.string(),
      errorRate: z.string(),
      p50Ms: z.string(),
      p95Ms: z.string(),
      p99Ms: z.string(),
    }),
  }),
  /** A command on the runner that prints one JSON object. */
  z.object({
    from: z.literal("command"),
    argv: z.array(z.string()).min(1).readonly(),
    timeoutMs: z.number().int().positive(),
  }),
]);
