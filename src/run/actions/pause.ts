import { setTimeout as delay } from "node:timers/promises";

/** Waits, and answers whether the runner has to go now. */
export async function pause(durationMs: number, leave: AbortSignal): Promise<boolean> {
  try {
    await delay(durationMs, undefined, { signal: leave });
    return leave.aborted;
  } catch (error) {
    if (leave.aborted) return true;
    throw error;
  }
}
