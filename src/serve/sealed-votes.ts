import { formatDuration } from "#src/kernel/duration.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { storableText } from "#src/record/storable.ts";
import { isNear, sealToleranceMs, whyNotGenuine } from "#src/signing/genuine-standing.ts";
import type { KeyRing } from "#src/signing/key-ring.ts";
import { sealDeed, wordsDigest } from "#src/signing/seal.ts";
import type { Deed } from "#src/signing/seal.ts";
import { signStanding } from "#src/signing/sign-standing.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { Envelope, RecordedEvent } from "#src/upgrade/events.ts";
import type { Actor, UpgradeId } from "#src/upgrade/identity.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";

type SealedIntent = IntentOf<"vote" | "withdraw_vote" | "break_glass" | "delegate_vote" | "lift_hold">;

/**
 * The desk for the Slack side: every vote, withdrawal, delegation, broken glass and lift of a freeze is sealed as it comes in. Who can write
 * into the database can invent them with a right hash chain, but no seal, so the bot does not sign them for the runner.
 */
export function sealingDesk(desk: Desk, { signing }: KeyRing, now: () => Instant): Desk {
  return {
    ...desk,
    submit: (upgradeId, intent, actor) => {
      switch (intent.intent) {
        case "vote":
        case "withdraw_vote":
        case "break_glass":
        case "delegate_vote":
        case "lift_hold":
          return desk.submit(
            upgradeId,
            { ...intent, seal: sealDeed(deedOf(upgradeId, intent), now(), signing) },
            actor,
          );
        default:
          return desk.submit(upgradeId, intent, actor);
      }
    },
  };
}

function deedOf(upgradeId: UpgradeId, intent: SealedIntent): Deed {
  if (intent.intent === "delegate_vote") {
    const { from, to, until } = intent;
    return { kind: "delegation", upgradeId, personId: from.userId, to: to.userId, until };
  }
  if (intent.intent === "lift_hold") {
    const { person, hold, reason } = intent;
    const groups = person.kind === "known" ? person.groups : [];
    return { kind: "lift", upgradeId, personId: person.userId, hold, reason: asStored(reason), groups };
  }
  const { stepId, attempt, digest } = intent;
  const gate = { upgradeId, stepId, attempt, digest };
  switch (intent.intent) {
    case "vote": {
      const { voter, decision, stepUp, reason, onBehalfOf } = intent;
      return {
        kind: "vote",
        ...gate,
        personId: voter.userId,
        decision,
        stepUp: stepUp ?? "none",
        onBehalfOf: (onBehalfOf ?? []).map(({ userId }) => userId),
        reason: reason === undefined ? null : asStored(reason),
      };
    }
    case "withdraw_vote":
      return { kind: "withdrawal", ...gate, personId: intent.voter.userId };
    case "break_glass": {
      const { person, stepUp, reason, incident } = intent;
      return {
        kind: "broken-glass",
        ...gate,
        personId: person.userId,
        stepUp,
        reason: asStored(reason),
        incident: storableText(incident),
      };
    }
    default:
      return unreachable(intent);
  }
}

/** The record replaces characters that it cannot hold, so the seal is over the words as they will be there. */
function asStored(words: string): ReturnType<typeof wordsDigest> {
  return wordsDigest(storableText(words));
}

/** A record as far as a standing was made from it. */
export interface SeenRecord {
  readonly version: number;
  /** At least its events up to that version: what came after the standing was made is for the next one. */
  readonly events: readonly RecordedEvent[];
}

/**
 * Signs a granted approval if everything in it was sealed by this installation; else it raises an alarm, once. `now` is the
 * clock that seals are made with: where it is wrong, nobody wrote anything by another way.
 */
export function signingOfSealed(
  desk: Pick<Desk, "submit">,
  { signing, trusted }: KeyRing,
  { actor, now }: { readonly actor: Actor; readonly now: () => Instant },
): (standing: SignedStanding, seen: SeenRecord) => Promise<Envelope | undefined> {
  return async (standing, { events, version }) => {
    const known = events.filter((event) => event.version <= version);
    const why = whyNotGenuine(standing, known, trusted);
    if (why === undefined) return signStanding(standing, signing);
    const because = isNear(now(), standing.checkedAt)
      ? `${why}, so somebody wrote into the record by another way; verify it, then roll back or abort`
      : `the clock of the bot's machine and the database's are more than ${formatDuration(sealToleranceMs)} apart, so nobody can tell when somebody voted; set them right (is time synchronisation on?), then take the votes back and vote again`;
    const what = `the approval of step ${standing.stepId} was not signed and nothing runs: ${because}`;
    const isKnown = events.some(({ event }) => event.type === "alarm_raised" && event.what === what);
    if (!isKnown) await desk.submit(standing.upgradeId, { intent: "raise_alarm", what }, actor);
    return undefined;
  };
}
