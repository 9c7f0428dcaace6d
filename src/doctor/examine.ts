import { setTimeout as delay } from "node:timers/promises";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { failed } from "./finding.ts";
import type { About, Finding } from "./finding.ts";

/** One look. Whatever it throws becomes a failed line, so that one broken thing hides no other. */
export interface Examination extends About {
  readonly look: () => Promise<readonly Finding[]>;
  /** What to do when it throws or gives no answer. */
  readonly fix: string;
  /** {@link defaultTimeoutMs} where absent. */
  readonly timeoutMs?: number;
}

/** Looks at the same time: enough to be quick, few enough to hurt nobody. */
const atOnce = 8;
const defaultTimeoutMs = 15_000;

/** Does all looks, some at a time, each within its time; the lines come in the order of the looks. */
export async function examine(examinations: readonly Examination[]): Promise<readonly Finding[]> {
  const found = new Map<number, readonly Finding[]>();
  const queue = examinations.entries();
  const worker = async (): Promise<void> => {
    for (const [index, examination] of queue) found.set(index, await lookOnce(examination));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, examinations.length) }, worker));
  return examinations.flatMap((_, index) => found.get(index) ?? []);
}

async function lookOnce({
  area,
  subject,
  look,
  fix,
  timeoutMs = defaultTimeoutMs,
}: Examination): Promise<readonly Finding[]> {
  const about = { area, subject };
  const over = new AbortController();
  const late = delay(timeoutMs, [failed(about, `no answer within ${timeoutMs / 1_000} s`, fix)], {
    signal: over.signal,
  });
  // Aborted when the look was faster, which is how the wait is told to end.
  late.catch(() => undefined);
  try {
    return await Promise.race([look(), late]);
  } catch (thrown) {
    // A secret or a setting that is missing keeps many looks from being made, and says itself what to do.
    const isBefore =
      thrown instanceof AppError && thrown.code === "config_invalid" && ["kong", "tools", "metrics"].includes(area);
    return [failed(about, errorMessage(thrown), isBefore ? "put that right first" : fix)];
  } finally {
    over.abort();
  }
}
