import { z } from "zod";

/** A moment in UTC as ISO 8601 with milliseconds, e.g. `2026-11-21T03:14:15.926Z`; what is stored and hashed. */
export const instantSchema = z.iso.datetime();
export type Instant = z.infer<typeof instantSchema>;

export function instantOf(epochMs: number): Instant {
  return new Date(epochMs).toISOString();
}

export function epochMsOf(instant: Instant): number {
  return Date.parse(instant);
}

export function addMs(instant: Instant, durationMs: number): Instant {
  return instantOf(epochMsOf(instant) + durationMs);
}

export function isAfter(left: Instant, right: Instant): boolean {
  return epochMsOf(left) > epochMsOf(right);
}
