import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Logger, RunnerRecord } from "./ports.ts";

/** What is wrong, and of which kind: of each kind an upgrade is told once, however its words vary. */
export interface Alarm {
  readonly kind: string;
  /** Half a sentence for people. */
  readonly what: string;
}

/** Writes alarms into the record, each kind once: the runner looks at a stopped upgrade every few seconds. */
export interface Alarms {
  raise(id: UpgradeId, alarm: Alarm): Promise<void>;
}

/** Alarms that are remembered without asking the record again. */
const maxRemembered = 1_000;

/** `onRaised` hears of each alarm that this process tells. */
export function createAlarms(
  record: Pick<RunnerRecord, "events" | "submit">,
  runnerId: string,
  log: Logger,
  onRaised: () => void = () => undefined,
): Alarms {
  const raised = new Set<string>();
  return {
    raise: async (id, { kind, what }) => {
      const key = `${id} ${kind}`;
      if (raised.has(key)) return;
      if (raised.size >= maxRemembered) raised.clear();
      // Before anything is awaited, so that a flood of the same kind raises one alarm.
      raised.add(key);
      try {
        log.error({ upgradeId: id }, `alarm: ${what}`);
        onRaised();
        const events = await record.events(id, 0);
        const isKnown = events.some(({ event }) => event.type === "alarm_raised" && event.what === what);
        if (!isKnown) await record.submit(id, { intent: "raise_alarm", what }, { kind: "runner", runnerId });
      } catch (error) {
        raised.delete(key);
        throw error;
      }
    },
  };
}
