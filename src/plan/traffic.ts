import { z } from "zod";

/** Share of failed requests: those that Kong answered with a status of 500 or more. */
const share = z.number().min(0).max(1);
const milliseconds = z.number().nonnegative();

/** What the proxies did in one stretch of time; what its source does not tell is absent. */
export const trafficFiguresSchema = z.object({
  requests: z.number().nonnegative(),
  /** Per second. */
  requestRate: z.number().nonnegative().optional(),
  errorRate: share.optional(),
  p50Ms: milliseconds.optional(),
  p95Ms: milliseconds.optional(),
  p99Ms: milliseconds.optional(),
});
export type TrafficFigures = z.infer<typeof trafficFiguresSchema>;

export const percentiles = ["p50Ms", "p95Ms", "p99Ms"] as const;
export type Percentile = (typeof percentiles)[number];

/** One point of the curve. */
export const trafficPointSchema = trafficFiguresSchema.extend({
  /** Since the watching began. */
  atMs: z.number().nonnegative(),
});
export type TrafficPoint = z.infer<typeof trafficPointSchema>;

/** How much slower still passes: whatever is more of the two, so that a fast gateway is not failed for a millisecond. */
const latencyLimitSchema = z.object({
  /** Share of the baseline on top of it: 0.5 allows half as much again. */
  ratio: z.number().nonnegative(),
  floorMs: milliseconds,
});
type LatencyLimit = z.infer<typeof latencyLimitSchema>;

/** The slowest that still passes. */
export function allowedMs(beforeMs: number, { ratio, floorMs }: LatencyLimit): number {
  return Math.max(beforeMs * (1 + ratio), beforeMs + floorMs);
}

/** What a soak is judged by, besides the share of failed requests. */
export const trafficLimitsSchema = z.object({
  /** With fewer requests than this, before or while it was watched, nobody can say that it went well. */
  minRequests: z.number().int().min(1),
  latency: z.object({
    p50Ms: latencyLimitSchema.optional(),
    p95Ms: latencyLimitSchema.optional(),
    p99Ms: latencyLimitSchema.optional(),
  }),
  /** Somebody wrote the limits: a source that tells no latency cannot pass then. */
  isLatencyNeeded: z.boolean(),
  /** Highest share of the requests per second that may stay away; not judged where absent. */
  maxRequestRateDrop: share.optional(),
});
export type TrafficLimits = z.infer<typeof trafficLimitsSchema>;

const trafficSources = ["kong", "prometheus", "command"] as const;
export const trafficSourceSchema = z.enum(trafficSources);

/** The points that a record keeps of one curve. */
export const maxPoints = 100;

/** Fewer points of the same curve: the last of each stretch, so that the end is always there. */
export function thinned(points: readonly TrafficPoint[]): readonly TrafficPoint[] {
  if (points.length <= maxPoints) return points;
  const step = points.length / maxPoints;
  return Array.from({ length: maxPoints }, (_, index) => points[Math.ceil((index + 1) * step) - 1]).filter(
    (point) => point !== undefined,
  );
}

/** A figure that is told for a smaller share of the requests tells nothing about the others. */
const minTold = 0.5;

/**
 * One stretch out of several: requests add up, everything else is the mean weighted by requests. Stretches that do not
 * tell a figure do not count for it, and where they are most of the requests it is not told at all.
 */
export function together(stretches: readonly TrafficFigures[]): TrafficFigures {
  const all = stretches.reduce((sum, { requests }) => sum + requests, 0);
  const mean = (name: "errorRate" | Percentile): Partial<TrafficFigures> => {
    const telling = stretches.filter((one) => one[name] !== undefined && one.requests > 0);
    const weight = telling.reduce((sum, one) => sum + one.requests, 0);
    if (weight === 0 || weight < all * minTold) return {};
    return { [name]: telling.reduce((sum, one) => sum + (one[name] ?? 0) * (one.requests / weight), 0) };
  };
  const rates = stretches.flatMap(({ requestRate }) => (requestRate === undefined ? [] : [requestRate]));
  return {
    requests: all,
    ...(rates.length === 0 ? {} : { requestRate: rates.reduce((sum, rate) => sum + rate, 0) / rates.length }),
    ...mean("errorRate"),
    ...mean("p50Ms"),
    ...mean("p95Ms"),
    ...mean("p99Ms"),
  };
}
