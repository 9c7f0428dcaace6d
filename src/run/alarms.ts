import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Logger, RunnerRecord } from "./ports.ts";

/** Writes alarms into the record, each one once: the runner looks at a stopped upgrade every few seconds. */
export interface Alarms {
  raise(id: UpgradeId, what: string): Promise<void>;
}

/** Alarms that are remembered without asking the record again. */
const maxRemembered = 1_000;

export function createAlarms(record: RunnerRecord, runnerId: string, log: Logger): Alarms {
  const raised = new Set<string>();
  return {
    raise: async (id, what) => {
      const key = `${id} ${what}`;
      if (raised.has(key)) return;
      log.error({ upgradeId: id }, `alarm: ${what}`);
      const events = await record.events(id, 0);
      const isKnown = events.some(({ event }) => event.type === "alarm_raised" && event.what === what);
      if (!isKnown) await record.submit(id, { intent: "raise_alarm", what }, { kind: "runner", runnerId });
      if (raised.size >= maxRemembered) raised.clear();
      raised.add(key);
    },
  };
}
