import type { Person } from "#approvals/person.ts";
import { isEnough } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import { tally } from "#approvals/tally.ts";
import { isInside } from "#approvals/window.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Environment } from "#src/plan/environment.ts";
import { whyNotGenuine } from "#src/signing/genuine-standing.ts";
import { verifyStanding } from "#src/signing/sign-standing.ts";
import type { PublicKey } from "#src/signing/signing-key.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { lastApprovers } from "#src/upgrade/follow-ups.ts";
import { recheckAfterMs } from "#src/upgrade/next.ts";
import type { Next } from "#src/upgrade/next.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { currentTrack, requesterIdsAt } from "#src/upgrade/state.ts";
import type { Active, ApprovalRequest } from "#src/upgrade/state.ts";
import { maxClockDifferenceMs } from "./clock-difference.ts";

export type RunInstruction = Extract<Next, { readonly do: "run" }>;

/** Why a step may not start. */
export type Denial =
  /** Something is wrong: people are told. */
  | { readonly how: "alarm"; readonly kind: string; readonly sentence: string }
  /** It is a matter of moments, as everywhere where several processes take turns. */
  | { readonly how: "wait"; readonly sentence: string };

export function alarm(kind: string, sentence: string): Denial {
  return { how: "alarm", kind, sentence };
}

/** What the runner holds a standing against. */
export interface StandingKnowledge {
  /** The runner's own configuration of the environment. */
  readonly environment: Environment;
  readonly publicKeys: readonly PublicKey[];
  /** The clock of the database. */
  readonly now: Instant;
  /** How far the runner's own clock is ahead of it. */
  readonly clockDifferenceMs: number;
  /** Number of the environment's lock; undefined while this upgrade does not hold it. */
  readonly fence: string | undefined;
  /** The record as far as it was folded. */
  readonly events: readonly RecordedEvent[];
}

type Knowledge = StandingKnowledge & { readonly policy: Policy };

/** Two looks at one clock, and what lies between them. */
const toleranceMs = 5_000;

/** Whether what the Slack side signed lets this step start here and now; by the runner's own policy, not the record's. */
export function checkStanding(upgrade: Active, instruction: RunInstruction, knowledge: Knowledge): Denial | undefined {
  const { step, attempt, approval } = instruction;
  const denied = (kind: string, sentence: string): Denial => alarm(`${kind} ${step.id} ${attempt}`, sentence);
  const outcome = approval?.outcome;
  if (approval === undefined || outcome?.kind !== "granted" || outcome.signed === undefined)
    return denied("unsigned", `step ${step.id} is ${step.class} and was to run without a signed approval`);
  if (Math.abs(knowledge.clockDifferenceMs) > maxClockDifferenceMs)
    return alarm(
      "clock",
      `the clock of this runner's machine and the database's differ by more than ${maxClockDifferenceMs / 1_000} s, so nobody can tell whether an approval has expired; step ${step.id} starts by itself once they agree (is time synchronisation on?)`,
    );
  const opened = verifyStanding(outcome.signed.envelope, knowledge.publicKeys);
  if (!opened.ok)
    return denied("signature", `the approval of step ${step.id} is not genuine: ${opened.problem.sentence}`);
  const standing = opened.value;
  const foreign = whatIsForeign(standing, {
    upgradeId: upgrade.id,
    environment: knowledge.environment.name,
    stepId: step.id,
    attempt,
    digest: instruction.digest,
  });
  if (foreign !== undefined)
    return denied("foreign", `the approval presented for step ${step.id} was given for another ${foreign}`);
  const isWayBack = upgrade.rollback !== undefined;
  const late = checkTimes(standing, { ...knowledge, requestedAt: approval.requestedAt, isWayBack }, denied);
  if (late !== undefined) return late;
  if (knowledge.fence === undefined)
    return { how: "wait", sentence: `the lock of ${knowledge.environment.name} is not held by ${upgrade.id}` };
  if (standing.fence !== knowledge.fence)
    return denied(
      "fence",
      `the approval of step ${step.id} was given under another lock of ${knowledge.environment.name} than the one that is held now`,
    );
  const known = knowledge.events.filter(({ version }) => version <= upgrade.version);
  // Somebody may have rejected after the standing was made; whether that is enough is counted here.
  const rejectedBy = rejectersIn(approval);
  const fake = whyNotGenuine(standing, known, knowledge.publicKeys, rejectedBy);
  if (fake !== undefined) return denied("seal", `the approval of step ${step.id} is not genuine: ${fake}`);
  const all = { ...standing, rejectedBy: [...(standing.rejectedBy ?? []), ...rejectedBy] };
  const unmet = whyNotMet(upgrade, all, knowledge.policy);
  return unmet === undefined ? undefined : denied("policy", unmet);
}

function rejectersIn({ ballots }: ApprovalRequest): readonly string[] {
  return ballots.filter(({ decision }) => decision === "reject").map(({ voter }) => voter.userId);
}

type Frame = Pick<SignedStanding, "upgradeId" | "environment" | "stepId" | "attempt" | "digest">;

const frameParts = ["upgradeId", "environment", "stepId", "attempt", "digest"] as const;
const partNames = {
  upgradeId: "upgrade",
  environment: "environment",
  stepId: "step",
  attempt: "attempt",
  digest: "digest",
};

/** The first part in which a standing is about something else, as a name and what it says. */
function whatIsForeign(standing: SignedStanding, expected: Frame): string | undefined {
  const part = frameParts.find((name) => standing[name] !== expected[name]);
  return part === undefined ? undefined : `${partNames[part]}: ${standing[part]}`;
}

/** Age, end, beginning and window, by the clock of the database and the durations of the runner's own policy. */
function checkTimes(
  standing: SignedStanding,
  { policy, now, requestedAt, isWayBack }: Knowledge & { readonly requestedAt: Instant; readonly isWayBack: boolean },
  denied: (kind: string, sentence: string) => Denial,
): Denial | undefined {
  const { stepId, expiresAt, checkedAt, approvals, brokenGlass } = standing;
  if (isAfter(now, expiresAt))
    return denied("expired", `the approval presented for step ${stepId} expired at ${expiresAt}`);
  if (isAfter(now, addMs(checkedAt, recheckAfterMs + toleranceMs)))
    return denied("age", `the approvers of step ${stepId} were last looked up at ${checkedAt}, more than 60 s ago`);
  if (isAfter(now, addMs(checkedAt, recheckAfterMs)))
    return { how: "wait", sentence: `the approvers of step ${stepId} are looked up again` };
  if (isAfter(checkedAt, addMs(now, toleranceMs)))
    return denied("future", `the approval presented for step ${stepId} comes from the future (${checkedAt})`);
  const { requestExpiresAfterMs, grantExpiresAfterMs } = policy;
  const requestEnd = addMs(requestedAt, requestExpiresAfterMs);
  const isTooLong =
    isAfter(expiresAt, addMs(checkedAt, grantExpiresAfterMs)) ||
    isAfter(expiresAt, addMs(requestEnd, grantExpiresAfterMs));
  if (isTooLong)
    return denied(
      "lifetime",
      `the approval presented for step ${stepId} is good until ${expiresAt}, longer than the policy of this runner allows`,
    );
  const lastMoment = isAfter(checkedAt, requestEnd) ? requestEnd : checkedAt;
  const times = [...approvals.map(({ at }) => at), ...(brokenGlass === undefined ? [] : [brokenGlass.at])];
  const wrong = times.find((at) => isAfter(requestedAt, at) || isAfter(at, addMs(lastMoment, toleranceMs)));
  if (wrong !== undefined)
    return denied("vote time", `a vote for step ${stepId} is of ${wrong}, when it could not be given`);
  return isWayBack || isInside(policy.windows, now)
    ? undefined
    : denied("window", `step ${stepId} may only start inside a maintenance window, and none is open`);
}

/** Why the people behind a standing are not enough by the runner's own policy. */
function whyNotMet(upgrade: Active, standing: SignedStanding, policy: Policy): string | undefined {
  const { stepId, brokenGlass, approvals, rejectedBy = [] } = standing;
  const rejecters = [...new Set(rejectedBy)];
  if (rejecters.length >= policy.denyThreshold)
    return `step ${stepId} was rejected by ${rejecters.join(", ")}, which is enough by the policy of this runner`;
  if (brokenGlass !== undefined) {
    if (!policy.breakGlass.includes(brokenGlass.userId))
      return `the glass of step ${stepId} was broken by ${brokenGlass.userId}, who is not named for it here`;
    return isEnough(brokenGlass.stepUp, policy.stepUp)
      ? undefined
      : `the glass of step ${stepId} was broken with less proof of presence (${brokenGlass.stepUp}) than the policy of this runner wants (${policy.stepUp})`;
  }
  return isMet(upgrade, standing, policy)
    ? undefined
    : `the approval of step ${stepId} names ${approvals.length} people, who do not meet the policy of this runner`;
}

/**
 * Counts the signed votes again: the same rules as at the click. Whoever asked by the runner's own reading of the record
 * is left out as well as whoever the standing names.
 */
function isMet(upgrade: Active, standing: SignedStanding, policy: Policy): boolean {
  const { digest, approvals, expiresAt } = standing;
  const ballots = approvals.map(({ stepUp, at, onBehalfOf, ...voter }) => ({
    voter: asPerson(voter),
    decision: "approve" as const,
    digest,
    at,
    stepUp,
    onBehalfOf: policy.allowsDelegation ? onBehalfOf.map(asPerson) : [],
  }));
  const asked = requesterIdsAt(upgrade, currentTrack(upgrade).steps.get(standing.stepId));
  const requesterIds = [...standing.requesterIds, ...asked];
  const earlierVoterIds = policy.needsOtherPeople ? [...standing.earlierVoterIds, ...lastApprovers(upgrade)] : [];
  const gate = { policy, digest, requesterIds, earlierVoterIds, expiresAt };
  return tally(gate, ballots, standing.checkedAt).kind === "granted";
}

/** The Slack side signs only full members of its workspace, so nothing else needs to be said of them. */
function asPerson({
  userId,
  human,
  groups,
}: Pick<SignedStanding["approvals"][number], "userId" | "human" | "groups">): Person {
  return {
    kind: "known",
    userId,
    teamId: "T00",
    name: userId,
    ...(human === userId ? {} : { human }),
    isHomeTeam: true,
    isDeactivated: false,
    isBot: false,
    isGuest: false,
    groups,
  };
}
