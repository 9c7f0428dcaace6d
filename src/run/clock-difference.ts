import { epochMsOf } from "#src/kernel/instant.ts";
import type { RunnerRecord } from "./ports.ts";

/** A runner whose clock is further off than this starts nothing that was approved: it could not tell what has expired. */
export const maxClockDifferenceMs = 30_000;

/**
 * How far this machine's clock is ahead of the database's, in milliseconds; negative where it is behind. The answer's way
 * takes as long as the question's, so the database's time is compared with the middle of the round trip. A clock that was
 * set meanwhile is judged by the worse of before and after.
 */
export async function clockDifferenceMs(record: Pick<RunnerRecord, "now">, nowMs: () => number): Promise<number> {
  const askedAt = performance.now();
  const asked = nowMs();
  const theirs = epochMsOf(await record.now());
  const half = (performance.now() - askedAt) / 2;
  const [before, after] = [asked + half - theirs, nowMs() - half - theirs];
  return Math.abs(before) > Math.abs(after) ? before : after;
}
