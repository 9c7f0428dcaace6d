import { isSealedVote, sealVote } from "#src/signing/seal-vote.ts";
import type { SigningKey } from "#src/signing/signing-key.ts";
import { signStanding } from "#src/signing/sign-standing.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { Envelope, RecordedEvent } from "#src/upgrade/events.ts";
import type { Actor } from "#src/upgrade/identity.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";

/**
 * The desk for the Slack side: every vote is sealed as it comes in. Who can write into the database can invent votes and
 * granted approvals with a right hash chain, but no seal, so the bot does not sign them for the runner.
 */
export function sealingDesk(desk: Desk, key: SigningKey): Desk {
  return {
    ...desk,
    submit: (upgradeId, intent, actor) => {
      if (intent.intent !== "vote") return desk.submit(upgradeId, intent, actor);
      const { stepId, attempt, voter, decision, digest } = intent;
      const seal = sealVote({ upgradeId, stepId, attempt, voterId: voter.userId, decision, digest }, key);
      return desk.submit(upgradeId, { ...intent, seal }, actor);
    },
  };
}

/** Signs a granted approval if every vote in it was sealed by this installation; else it raises an alarm, once. */
export function signingOfSealed(
  desk: Pick<Desk, "events" | "submit">,
  key: SigningKey,
  actor: Actor,
): (standing: SignedStanding) => Promise<Envelope | undefined> {
  return async (standing) => {
    const events = await desk.events(standing.upgradeId, 0);
    const unsealed = standing.approvals
      .map(({ userId }) => userId)
      .filter((voterId) => {
        const voidedAt = events.findLast((each) => isVoiding(each, standing, voterId))?.version ?? 0;
        return !events.some((each) => each.version > voidedAt && isVote(each, standing, voterId, key));
      });
    if (unsealed.length === 0) return signStanding(standing, key);
    const what = `the approval of step ${standing.stepId} was not signed and nothing runs: no vote of ${unsealed.join(", ")} came through Slack, so somebody wrote into the record by another way; verify it, then roll back or abort`;
    const isKnown = events.some(({ event }) => event.type === "alarm_raised" && event.what === what);
    if (!isKnown) await desk.submit(standing.upgradeId, { intent: "raise_alarm", what }, actor);
    return undefined;
  };
}

/** A vote that did not count at the second look has to be cast again. */
function isVoiding({ event }: RecordedEvent, { stepId, attempt }: SignedStanding, voterId: string): boolean {
  return (
    event.type === "approval_voided" &&
    event.stepId === stepId &&
    event.attempt === attempt &&
    event.people.some(({ userId }) => userId === voterId)
  );
}

function isVote({ event }: RecordedEvent, standing: SignedStanding, voterId: string, key: SigningKey): boolean {
  if (event.type !== "ballot_cast" || event.seal === undefined) return false;
  const { upgradeId, stepId, attempt, digest } = standing;
  const vote = { upgradeId, stepId, attempt, voterId, decision: "approve", digest } as const;
  return event.ballot.voter.userId === voterId && isSealedVote(vote, event.seal, [key.publicKey]);
}
