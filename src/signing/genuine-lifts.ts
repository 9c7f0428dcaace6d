import { epochMsOf } from "#src/kernel/instant.ts";
import { canonicalJson } from "#src/kernel/digest.ts";
import type { Calendar, Freeze } from "#src/plan/calendar.ts";
import type { EventOf, RecordedEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Lift } from "#src/upgrade/state.ts";
import { openSeal, wordsDigest } from "./seal.ts";
import type { PublicKey } from "./signing-key.ts";

/** Clocks of bot and database may differ by so much, and the write takes its time. */
const sealToleranceMs = 5 * 60_000;

interface Told {
  readonly upgradeId: UpgradeId;
  /** By whose lists people may lift. */
  readonly calendar: Calendar;
  readonly events: readonly RecordedEvent[];
  readonly keys: readonly PublicKey[];
}

/** The lifts of a record that were made in Slack, sealed exactly as they are told, by people whom this calendar names. */
export function genuineLifts({ upgradeId, calendar, events, keys }: Told): readonly Lift[] {
  return events.flatMap(({ event, at }) => {
    if (event.type !== "hold_lifted") return [];
    const opened = openSeal("lift", event.seal, keys);
    if (opened === undefined) return [];
    const { deed } = opened;
    const isAsTold =
      deed.upgradeId === upgradeId &&
      deed.personId === event.by.userId &&
      deed.reason === wordsDigest(event.reason) &&
      canonicalJson(deed.hold) === canonicalJson(event.hold) &&
      Math.abs(epochMsOf(opened.at) - epochMsOf(at)) <= sealToleranceMs;
    const lists = listsFor(event.hold, calendar);
    const isNamed =
      lists !== undefined &&
      (lists.users.includes(deed.personId) || lists.groups.some((group) => deed.groups.includes(group)));
    if (!isAsTold || !isNamed) return [];
    return [{ hold: event.hold, until: event.hold.until, by: event.by, reason: event.reason, at }];
  });
}

function listsFor(hold: EventOf<"hold_lifted">["hold"], calendar: Calendar): Freeze["mayLift"] | undefined {
  if (hold.kind === "window") return calendar.maintenance?.mayLift;
  return calendar.freezes.find(({ name, from, to }) => name === hold.name && from === hold.from && to === hold.until)
    ?.mayLift;
}
