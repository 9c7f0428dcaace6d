import type { UpgradeId } from "#src/upgrade/identity.ts";

interface Place {
  readonly upgradeId: UpgradeId;
  readonly stepId: string;
  readonly attempt: number;
}

/** Since when looks before a step have been failing, by this machine's clock in milliseconds since 1970. */
export interface FailedLooks {
  /** Of the first that failed, which is now where none did. */
  since(place: Place, nowMs: number): number;
  /** A look was made, or a person is asked. */
  settle(place: Place): void;
}

/** More steps than one runner ever has waiting. */
const maxRemembered = 1_000;

/** In memory: a runner that starts anew looks anew. */
export function createFailedLooks(): FailedLooks {
  const failing = new Map<string, number>();
  return {
    since: (place, nowMs) => {
      const key = keyOf(place);
      // A clock that was put back would make it wait for ever.
      const first = Math.min(failing.get(key) ?? nowMs, nowMs);
      if (failing.size >= maxRemembered) failing.clear();
      failing.set(key, first);
      return first;
    },
    settle: (place) => void failing.delete(keyOf(place)),
  };
}

function keyOf({ upgradeId, stepId, attempt }: Place): string {
  return `${upgradeId} ${stepId} ${attempt}`;
}
