/** Sources of error rates tell of the last minutes; three of them are the most that is waited for. */
const longestSettlingMs = 180_000;

/** How long figures of the last minutes still tell of a downtime before, for somebody who watches that long. */
export function settlingMs(watchedMs: number): number {
  return Math.min(watchedMs / 2, longestSettlingMs);
}
