import { delegationOf, delegatorsOf } from "#approvals/delegation.ts";
import { eligibilityOf, isUnread, whyNoMember } from "#approvals/eligibility.ts";
import { humanOf } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import { isEnough, partsOf } from "#approvals/policy.ts";
import { tally } from "#approvals/tally.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import { isBlank } from "#src/kernel/visible-signs.ts";
import type { Decision } from "./decide.ts";
import type { IntentOf } from "./intents.ts";
import { describeIneligible, refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import { hasEnded, recheckAfterMs } from "./next.ts";
import { outdated, undecided } from "./open-gate.ts";
import { currentTrack } from "./state.ts";
import type { Active, ApprovalRequest } from "./state.ts";

/** One click on Approve, or a rejection with its reason. A no counts until the step starts, also when all is granted. */
export function vote(upgrade: Active, intent: IntentOf<"vote">, now: Instant): Decision {
  const { stepId, attempt, voter, decision, digest, reason, stepUp, seal } = intent;
  const found = undecided(upgrade, intent, now);
  if ("code" in found) return no(found);
  if (found.outcome.kind === "granted" && decision === "approve") return no(alreadyGranted(found));
  const represented = representedBy(upgrade, intent, found, now);
  const refusal = whyNoVote(upgrade, found, { intent, represented, now });
  if (refusal !== undefined) return no(refusal);
  const ballot = {
    voter,
    decision,
    digest,
    at: now,
    ...(reason === undefined ? {} : { reason }),
    ...(stepUp === undefined ? {} : { stepUp }),
    ...(represented.length === 0 ? {} : { onBehalfOf: represented }),
  };
  return ok([{ type: "ballot_cast", stepId, attempt, ballot, ...(seal === undefined ? {} : { seal }) }]);
}

interface Cast {
  readonly intent: IntentOf<"vote">;
  readonly represented: readonly Person[];
  readonly now: Instant;
}

function whyNoVote(
  upgrade: Active,
  approval: ApprovalRequest,
  { intent, represented, now }: Cast,
): Refusal | undefined {
  const { voter, decision, reason, stepUp } = intent;
  const eligibility = eligibilityOf(approval, voter, represented);
  if (eligibility.kind === "ineligible") return describeIneligible(eligibility.reason, voter.userId);
  const delegation = delegationOf(upgrade.delegations, voter, now);
  if (delegation !== undefined)
    return refuse(
      "ineligible",
      `<@${delegation.to.userId}> votes in your place until ${delegation.until}.`,
      "To vote yourself, end it with `/kong-upgrade delegate --end`.",
    );
  const own = approval.ballots.filter((ballot) => humanOf(ballot.voter) === humanOf(voter));
  const same = own.find((ballot) => ballot.decision === decision);
  if (same !== undefined)
    return same.voter.userId === voter.userId
      ? refuse("already_decided", "Your vote is already counted.", "Nothing more to do for you.")
      : refuse(
          "already_decided",
          `You have voted as <@${same.voter.userId}>, and all accounts of a person count once, in the lists of the one that voted.`,
          "If this account is needed instead: Withdraw that vote, then vote with this one.",
        );
  if (own.length > 0 && decision === "approve")
    return refuse("not_now", "You have rejected this.", "Withdraw the rejection first, then approve.");
  if (approval.policy.reasonRequired.includes(decision) && isBlank(reason ?? ""))
    return refuse("note_missing", "This policy asks for a reason.", "Press the button again and say why.");
  if (decision === "approve" && !isEnough(stepUp ?? "none", approval.policy.stepUp))
    return refuse(
      "step_up_needed",
      `This step takes more than a click: ${approval.policy.stepUp}.`,
      "Press “Approve” again and fill in the dialog.",
    );
  return undefined;
}

/** Of those in whose place the voter claims to vote, the ones who really asked for that. */
function representedBy(
  upgrade: Active,
  { voter, onBehalfOf }: IntentOf<"vote">,
  { policy }: ApprovalRequest,
  now: Instant,
): readonly Person[] {
  if (!policy.allowsDelegation) return [];
  const delegators = delegatorsOf(upgrade.delegations, voter, now);
  return (onBehalfOf ?? []).filter((person) => delegators.some((delegator) => delegator.userId === person.userId));
}

function alreadyGranted({ outcome }: ApprovalRequest): Refusal {
  const who = outcome.kind === "granted" ? outcome.approvedBy.map((id) => `<@${id}>`).join(", ") : "";
  return refuse(
    "already_decided",
    who === "" ? "This step was let go without its approval." : `Already approved by ${who}.`,
    "To stop it, reject it or pause the upgrade before it starts.",
  );
}

/** The second look at the voters, right before the step; only a complete and fresh yes is signed. */
export function recheckApproval(upgrade: Active, intent: IntentOf<"recheck_approval">, now: Instant): Decision {
  const { stepId, attempt, people, envelope, checkedAt, votedAt } = intent;
  const progress = currentTrack(upgrade).steps.get(stepId);
  if (progress?.kind !== "ready" || progress.attempt !== attempt || progress.approval?.outcome.kind !== "granted")
    return no(outdated);
  const { approval } = progress;
  if (hasEnded(approval, now)) return no(outdated);
  if (votedAt !== undefined && votedAt.join(" ") !== momentsOf(approval).join(" "))
    return no(refuse("not_now", "Somebody voted anew in this moment.", "It is looked at again in a moment."));
  const second = secondLook(approval, people, now);
  if (second === "not_all_seen")
    return no(refuse("not_now", "Not every approver could be looked up again.", "It is tried again in a moment."));
  if (second.length > 0) {
    const reason = second.map(({ person, why }) => `${person.userId}: ${why}`).join(", ");
    return ok([{ type: "approval_voided", stepId, attempt, people: second.map(({ person }) => person), reason }]);
  }
  // Two replicas may look at once; the second look adds nothing while the first is fresh.
  const { signed } = progress.approval.outcome;
  const isFresh = signed !== undefined && !isAfter(checkedAt, addMs(signed.checkedAt, recheckAfterMs));
  return isFresh ? ok([]) : ok([{ type: "approval_signed", stepId, attempt, envelope, checkedAt }]);
}

/** When each vote was given, and the glass broken: equal for equal votes, since the log has one order. */
export function momentsOf({ ballots, outcome }: ApprovalRequest): readonly Instant[] {
  const glass = outcome.kind === "granted" ? outcome.brokenGlass : undefined;
  return [...ballots.map(({ at }) => at), ...(glass === undefined ? [] : [glass.at])];
}

interface Gone {
  readonly person: Person;
  readonly why: string;
}

/** Whoever does not count any more, by what was looked up just now. */
function secondLook(
  approval: ApprovalRequest,
  people: readonly Person[],
  now: Instant,
): readonly Gone[] | "not_all_seen" {
  const { outcome, policy } = approval;
  if (outcome.kind !== "granted") return [];
  if (outcome.brokenGlass !== undefined) {
    const breaker = seen(people, outcome.brokenGlass.by);
    if (breaker === undefined) return "not_all_seen";
    const why = whyNoMember(breaker) ?? (policy.breakGlass.includes(breaker.userId) ? undefined : "not_named");
    return why === undefined ? [] : [{ person: breaker, why }];
  }
  const ballots = approval.ballots.filter(({ voter }) => outcome.approvedBy.includes(voter.userId));
  // Somebody without a vote approved nothing, whatever the record says: that is for the alarm, not for a signature.
  if (outcome.approvedBy.some((userId) => !ballots.some(({ voter }) => voter.userId === userId))) return "not_all_seen";
  const asked = ballots.flatMap(({ voter, onBehalfOf }) => [voter, ...(onBehalfOf ?? [])]);
  if (asked.some((person) => seen(people, person) === undefined)) return "not_all_seen";
  const fresh = approval.ballots.map((ballot) => ({
    ...ballot,
    voter: seen(people, ballot.voter) ?? ballot.voter,
    onBehalfOf: (ballot.onBehalfOf ?? []).map((person) => seen(people, person) ?? person),
  }));
  const gone = fresh.flatMap(({ voter, onBehalfOf }) => {
    if (!outcome.approvedBy.includes(voter.userId)) return [];
    const eligibility = eligibilityOf(approval, voter, onBehalfOf);
    return eligibility.kind === "eligible" ? [] : [{ person: voter, why: eligibility.reason }];
  });
  // A list that cannot be read now takes nobody's vote away, and lets nobody through: it is read again.
  const certain = gone.filter(({ why }) => why !== "look_up_failed");
  if (gone.length > 0) return certain.length > 0 ? certain : "not_all_seen";
  // Each may still vote, but perhaps in another list, so that together they are not enough any more. Whoever agreed besides
  // them was not looked up, and is not signed for.
  const signedFor = fresh.filter(
    ({ voter, decision }) => decision === "reject" || outcome.approvedBy.includes(voter.userId),
  );
  const isStillMet = tally({ ...approval, expiresAt: outcome.expiresAt }, signedFor, now).kind === "granted";
  if (isStillMet) return [];
  const isOpen = partsOf(policy).some((part) => people.some((person) => isUnread(part, person)));
  return isOpen
    ? "not_all_seen"
    : ballots.map(({ voter }) => ({ person: seen(people, voter) ?? voter, why: "in another list than at the vote" }));
}

/** What the second look told of somebody; a failed look-up tells nothing. */
function seen(people: readonly Person[], person: Person): Person | undefined {
  return people.find((each) => each.kind === "known" && each.userId === person.userId);
}
