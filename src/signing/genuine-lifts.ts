import type { PeopleLists } from "#approvals/policy.ts";
import { canonicalJson } from "#src/kernel/digest.ts";
import type { Lifted, RecordedEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Lift } from "#src/upgrade/state.ts";
import { isNear } from "./genuine-standing.ts";
import { openSeal, wordsDigest } from "./seal.ts";
import type { PublicKey } from "./signing-key.ts";

interface Told {
  readonly upgradeId: UpgradeId;
  /** Who may lift something; undefined where there is nothing of the kind to lift. */
  readonly mayLift: (hold: Lifted) => PeopleLists | undefined;
  readonly events: readonly RecordedEvent[];
  readonly keys: readonly PublicKey[];
}

/** The lifts of a record that were made in Slack, sealed exactly as they are told, by people who are named for it. */
export function genuineLifts({ upgradeId, mayLift, events, keys }: Told): readonly Lift[] {
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
      isNear(opened.at, at);
    const lists = mayLift(event.hold);
    const isNamed =
      lists !== undefined &&
      (lists.users.includes(deed.personId) || lists.groups.some((group) => deed.groups.includes(group)));
    if (!isAsTold || !isNamed) return [];
    return [{ hold: event.hold, until: event.hold.until, by: event.by, reason: event.reason, at }];
  });
}
