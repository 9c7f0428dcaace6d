import { errorMessage } from "#src/kernel/app-error.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Logger } from "./ports.ts";

/** Looks at upgrades, each by one visit at a time; a request during a visit causes one more after it. */
export interface Visits {
  visit(id: UpgradeId): void;
  /** Resolves when no visit is under way. */
  idle(): Promise<void>;
}

export function createVisits(attend: (id: UpgradeId) => Promise<void>, log: Logger): Visits {
  const underWay = new Map<UpgradeId, { isAskedAgain: boolean; readonly done: Promise<void> }>();

  const keepAttending = async (id: UpgradeId): Promise<void> => {
    for (;;) {
      try {
        await attend(id);
      } catch (error) {
        // The next sweep looks again; nothing is lost, because the record says what is to do.
        log.warn(
          { upgradeId: id, problem: errorMessage(error) },
          "looking at an upgrade went wrong; trying again soon",
        );
      }
      const visit = underWay.get(id);
      if (visit === undefined || !visit.isAskedAgain) break;
      visit.isAskedAgain = false;
    }
    underWay.delete(id);
  };
  const visit = (id: UpgradeId): void => {
    const current = underWay.get(id);
    if (current !== undefined) {
      current.isAskedAgain = true;
      return;
    }
    // Started a tick later, so that it finds itself in the map.
    underWay.set(id, { isAskedAgain: false, done: Promise.resolve().then(() => keepAttending(id)) });
  };

  return {
    visit,
    idle: async () => {
      while (underWay.size > 0) await Promise.all([...underWay.values()].map(({ done }) => done));
    },
  };
}
