import type { UpgradeId } from "#src/upgrade/identity.ts";

interface Place {
  readonly upgradeId: UpgradeId;
  readonly stepId: string;
  readonly attempt: number;
}

/** When the configuration was looked at while a person does a step. */
export interface PastLooks {
  /** Whether the last look before this attempt is so long ago, or there was none; if so, this is the moment of the next. */
  isDue(place: Place, everyMs: number): boolean;
}

/** More steps than one runner ever has waiting for people. */
const maxRemembered = 1_000;

/** In memory, by a steady clock: a runner that starts anew looks anew. */
export function createPastLooks(nowMs = (): number => performance.now()): PastLooks {
  const looks = new Map<string, number>();
  return {
    isDue: ({ upgradeId, stepId, attempt }, everyMs) => {
      const key = `${upgradeId} ${stepId} ${attempt}`;
      const [last, now] = [looks.get(key), nowMs()];
      if (last !== undefined && now - last < everyMs) return false;
      if (looks.size >= maxRemembered) looks.clear();
      looks.set(key, now);
      return true;
    },
  };
}
