import { z } from "zod";
import type { TrafficFigures } from "#src/plan/traffic.ts";

/** A number that was not told: absent, null, or what a division by nothing gives (NaN, an infinity). */
const figure = z
  .number()
  .nullish()
  .transform((value) => (value == null || !Number.isFinite(value) || value < 0 ? undefined : value));

/** What a source tells of the time right now. */
export const toldSchema = z.object({
  request_rate: figure,
  error_rate: figure,
  p50_ms: figure,
  p95_ms: figure,
  p99_ms: figure,
});
export type Told = z.infer<typeof toldSchema>;

/**
 * What was told right now, as the figures of a stretch of so many seconds.
 * @throws Error without requests per second: nothing else can be weighed then
 */
export function figuresTold(told: Told, seconds: number, source: string): TrafficFigures {
  const { request_rate: requestRate, error_rate: errorRate, p50_ms: p50Ms, p95_ms: p95Ms, p99_ms: p99Ms } = told;
  if (requestRate === undefined) throw new Error(`${source} tells no requests per second (request_rate)`);
  const hasTraffic = requestRate > 0;
  return {
    requests: requestRate * seconds,
    requestRate,
    ...(errorRate === undefined || !hasTraffic ? {} : { errorRate: Math.min(1, errorRate) }),
    ...(p50Ms === undefined || !hasTraffic ? {} : { p50Ms }),
    ...(p95Ms === undefined || !hasTraffic ? {} : { p95Ms }),
    ...(p99Ms === undefined || !hasTraffic ? {} : { p99Ms }),
  };
}
