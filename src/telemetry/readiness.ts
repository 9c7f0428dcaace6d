import { setTimeout as delay } from "node:timers/promises";

/** One question that has to be answered with yes before work is sent here. Whatever it throws is a no. */
export type Check = () => Promise<boolean>;

export interface Readiness {
  readonly isReady: boolean;
  /** By name of the check. What went wrong stands in the log: nothing of it is told here. */
  readonly checks: Readonly<Record<string, "ok" | "failed">>;
}

const checkTimeoutMs = 2_000;
/** However often it is asked, the checks run this often at most. */
const maxAgeMs = 1_000;

/** Asks all checks at once, each for two seconds at most; there may be more of them later. */
export function createReadiness(checks: ReadonlyMap<string, Check>, now: () => number): () => Promise<Readiness> {
  let last: { readonly atMs: number; readonly answer: Promise<Readiness> } | undefined;
  return () => {
    if (last === undefined || now() - last.atMs > maxAgeMs) last = { atMs: now(), answer: askAll(checks) };
    return last.answer;
  };
}

async function askAll(checks: ReadonlyMap<string, Check>): Promise<Readiness> {
  const answers = await Promise.all(
    [...checks].map(async ([name, check]) => [name, (await askOne(check)) ? "ok" : "failed"] as const),
  );
  return { isReady: answers.every(([, answer]) => answer === "ok"), checks: Object.fromEntries(answers) };
}

async function askOne(check: Check): Promise<boolean> {
  const over = new AbortController();
  const late = delay(checkTimeoutMs, false, { signal: over.signal });
  late.catch(() => undefined);
  try {
    return await Promise.race([check(), late]);
  } catch {
    return false;
  } finally {
    over.abort();
  }
}
