import { epochMsOf } from "#src/kernel/instant.ts";
import type { RunnerRecord } from "./ports.ts";

/** A runner whose clock is further off than this starts nothing that was approved: it could not tell what has expired. */
export const maxClockDifferenceMs = 30_000;

/**
 * How far this machine's clock is ahead of the database's, in milliseconds; negative where it is behind. The answer's way
 * takes as long as the question's, so the database's time is compared with the middle of the round trip.
 */
export async function clockDifferenceMs(record: Pick<RunnerRecord, "now">, nowMs: () => number): Promise<number> {
  const asked = nowMs();
  const theirs = epochMsOf(await record.now());
  const answered = nowMs();
  return (asked + answered) / 2 - theirs;
}
