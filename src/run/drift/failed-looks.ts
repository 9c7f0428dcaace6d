import type { UpgradeId } from "#src/upgrade/identity.ts";

interface Place {
  readonly upgradeId: UpgradeId;
  readonly stepId: string;
  readonly attempt: number;
}

/** How long looks before a step have been failing. */
export interface FailedLooks {
  /** Milliseconds since the first that failed, which is now where none did. */
  failingForMs(place: Place): number;
  /** A look was made, or a person is asked. */
  settle(place: Place): void;
}

/** More steps than one runner ever has waiting. */
const maxRemembered = 1_000;

/**
 * In memory: a runner that starts anew looks anew. By a steady clock: the clock of the day may be set, and would end the
 * patience at once, or never.
 */
export function createFailedLooks(nowMs = (): number => performance.now()): FailedLooks {
  const failing = new Map<string, number>();
  return {
    failingForMs: (place) => {
      const key = keyOf(place);
      const now = nowMs();
      const first = failing.get(key) ?? now;
      if (failing.size >= maxRemembered) failing.clear();
      failing.set(key, first);
      return now - first;
    },
    settle: (place) => void failing.delete(keyOf(place)),
  };
}

function keyOf({ upgradeId, stepId, attempt }: Place): string {
  return `${upgradeId} ${stepId} ${attempt}`;
}
