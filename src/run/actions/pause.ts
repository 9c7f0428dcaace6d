import { setTimeout as delay } from "node:timers/promises";
import type { StepContext } from "#src/run/step-context.ts";

/** Waits, and answers whether something broke the wait off: the runner has to go now, or the step was cancelled. */
export async function pause(
  durationMs: number,
  { leave, cancel }: Pick<StepContext, "leave" | "cancel">,
): Promise<boolean> {
  const signal = AbortSignal.any([leave, cancel]);
  try {
    await delay(durationMs, undefined, { signal });
    return signal.aborted;
  } catch (error) {
    if (signal.aborted) return true;
    throw error;
  }
}
