import type { Ballot } from "#approvals/ballot.ts";
import { delegationOf, delegatorsOf, inForce } from "#approvals/delegation.ts";
import type { Delegation } from "#approvals/delegation.ts";
import { eligibilityOf, whyNoMember } from "#approvals/eligibility.ts";
import { distinctHumans, identitiesOf, isAmong, isSameHuman } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import { partsOf } from "#approvals/policy.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import { isBlank } from "#src/kernel/visible-signs.ts";
import { policiesOf } from "#src/plan/step-kinds.ts";
import { authoriseOperator } from "./authorise.ts";
import type { Decision } from "./decide.ts";
import type { UpgradeEvent } from "./events.ts";
import type { Requester } from "./identity.ts";
import type { IntentOf } from "./intents.ts";
import { currentStep } from "./next.ts";
import { describeIneligible, refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import { ownerOf, requesterIdsOf } from "./state.ts";
import type { Closed, Upgrade } from "./state.ts";

type Open = Exclude<Upgrade, Closed>;

/** Nobody is away for longer than this in one upgrade. */
const longestDelegationMs = 7 * 86_400_000;

/** An approver lets another person of the configuration vote in their place. */
export function delegateVote(upgrade: Open, intent: IntentOf<"delegate_vote">, now: Instant): Decision {
  const refusal = whyNotFrom(upgrade, intent.from, now) ?? whyNotTo(upgrade, intent, now) ?? whyNotUntil(intent, now);
  const { from, to, until, seal } = intent;
  if (refusal !== undefined) return no(refusal);
  return ok([{ type: "vote_delegated", from, to, until, ...(seal === undefined ? {} : { seal }) }]);
}

function whyNotFrom(upgrade: Open, from: Person, now: Instant): Refusal | undefined {
  const requesterIds = requesterIdsOf(upgrade);
  const policies = policiesOf(upgrade.request.environment).filter(({ allowsDelegation }) => allowsDelegation);
  const judged = policies.map((policy) => eligibilityOf({ policy, requesterIds, earlierVoterIds: [] }, from));
  if (!judged.some(({ kind }) => kind === "eligible")) {
    const why = judged.find((each) => each.kind === "ineligible");
    return why === undefined
      ? refuse("not_allowed", "The policies of this environment allow nobody to hand their vote on.", "Vote yourself.")
      : describeIneligible(why.reason, from.userId);
  }
  const already = delegationOf(upgrade.delegations, from, now);
  if (already !== undefined)
    return refuse(
      "already_done",
      `<@${already.to.userId}> already votes in your place until ${already.until}.`,
      "End that first with `/kong-upgrade delegate --end`.",
    );
  if (delegatorsOf(upgrade.delegations, from, now).length > 0)
    return refuse(
      "not_allowed",
      "Somebody else's vote was handed to you, and votes are not handed on from hand to hand.",
      "Ask them to end it first.",
    );
  if (hasVoted(upgrade, from))
    return refuse("not_now", "You have already voted on the step that is open.", "Withdraw that vote first.");
  const used = liveBallots(upgrade).find(({ onBehalfOf }) =>
    (onBehalfOf ?? []).some((each) => isSameHuman(each, from)),
  );
  return used === undefined
    ? undefined
    : refuse(
        "not_now",
        `<@${used.voter.userId}> has already voted in your place on the step that is open.`,
        "End that first with `/kong-upgrade delegate --end`.",
      );
}

function whyNotTo(upgrade: Open, { from, to }: IntentOf<"delegate_vote">, now: Instant): Refusal | undefined {
  const { environment } = upgrade.request;
  const help = "Choose somebody whom the configuration names as approver or operator and who did not ask for this.";
  if (isSameHuman(to, from)) return refuse("not_allowed", "That is yourself.", help);
  if (whyNoMember(to) !== undefined)
    return refuse("not_allowed", `<@${to.userId}> cannot vote at all (${whyNoMember(to)}).`, help);
  if (isAmong(to, requesterIdsOf(upgrade)))
    return refuse("not_allowed", `<@${to.userId}> asked for this upgrade and cannot vote on it.`, help);
  const policies = policiesOf(environment);
  const lists = [...policies.flatMap(partsOf), ...policies.flatMap(({ escalations }) => escalations)];
  const isNamed = [...lists, environment.operators].some(
    ({ users, groups }) =>
      users.includes(to.userId) || (to.kind === "known" && groups.some((group) => to.groups.includes(group))),
  );
  if (!isNamed) return refuse("not_allowed", `<@${to.userId}> is named nowhere in this environment.`, help);
  return delegationOf(upgrade.delegations, to, now) === undefined
    ? undefined
    : refuse("not_allowed", `<@${to.userId}> has handed their own vote on.`, help);
}

function whyNotUntil({ until }: IntentOf<"delegate_vote">, now: Instant): Refusal | undefined {
  const isPossible = isAfter(until, now) && !isAfter(until, addMs(now, longestDelegationMs));
  return isPossible
    ? undefined
    : refuse("not_allowed", "A vote can be handed on for at most 7 days.", "Say for how long, e.g. `--for 8h`.");
}

/**
 * Either side ends it, all of it; a vote that was cast by it and not used does not count any more, also where the time of
 * the delegation is over.
 */
export function endDelegation(upgrade: Open, { person }: IntentOf<"end_delegation">, now: Instant): Decision {
  const found = heldOrUsed(upgrade, now).filter(({ from, to }) => [from, to].some((side) => isSameHuman(person, side)));
  if (found.length === 0)
    return no(refuse("already_done", "No vote is handed on by you or to you.", "Nothing was changed."));
  const ended = found.map(({ from, to }) => ({ type: "delegation_ended", from, to, by: person }) as const);
  return ok([...ended, ...voided(upgrade, found)]);
}

/**
 * What follows when a side of a delegation begins to ask for the upgrade, as its new owner or by starting it or turning
 * back: nobody approves what they run, in no place, so whoever handed their vote on has it back.
 */
export function delegationsOver(upgrade: Open, now: Instant): readonly UpgradeEvent[] {
  const asking = requesterIdsOf(upgrade);
  const over = heldOrUsed(upgrade, now).flatMap((delegation) => {
    const by = [delegation.to, delegation.from].find((side) => isAmong(side, asking));
    return by === undefined ? [] : [{ delegation, by }];
  });
  const ended = over.map(({ delegation: { from, to }, by }) => ({ type: "delegation_ended", from, to, by }) as const);
  return [
    ...ended,
    ...voided(
      upgrade,
      over.map(({ delegation }) => delegation),
    ),
  ];
}

/** Delegations that hold now, or by which a vote was cast that is not used yet. */
function heldOrUsed(upgrade: Open, now: Instant): readonly Delegation[] {
  const ballots = liveBallots(upgrade);
  return upgrade.delegations.filter(
    (delegation) => inForce([delegation], now).length > 0 || ballots.some((ballot) => isCastBy(ballot, delegation)),
  );
}

/** The votes that were cast by these delegations and not used yet. */
function voided(upgrade: Open, ended: readonly Delegation[]): readonly UpgradeEvent[] {
  const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
  if (current?.progress.kind !== "ready") return [];
  const { step, progress } = current;
  const { approval, attempt } = progress;
  if (approval?.outcome.kind !== "open" && approval?.outcome.kind !== "granted") return [];
  const used = ended.filter((delegation) => approval.ballots.some((ballot) => isCastBy(ballot, delegation)));
  if (used.length === 0) return [];
  const reason = used.map(({ from, to }) => `${to.userId}: the delegation by ${from.userId} was ended`).join(", ");
  const people = distinctHumans(used.map(({ to }) => to));
  return [{ type: "approval_voided", stepId: step.id, attempt, people, reason }];
}

function isCastBy({ voter, onBehalfOf }: Ballot, { from, to }: Delegation): boolean {
  return isSameHuman(voter, to) && (onBehalfOf ?? []).some((person) => isSameHuman(person, from));
}

/** Somebody else runs the upgrade from now on. Whoever did before, and whoever does now, cannot approve it. */
export function handOver(upgrade: Open, intent: IntentOf<"hand_over">): Decision {
  const { to, by } = intent;
  const refusal = authoriseOperator(upgrade.request.environment, { kind: "slack", person: to });
  if (refusal !== undefined)
    return no(
      refuse("not_allowed", `<@${to.userId}> cannot run this upgrade.`, "Hand it to an operator of the environment."),
    );
  const owner = ownerOf(upgrade);
  if (owner.kind === "slack" && isSameHuman(to, owner.person))
    return no(refuse("already_done", `<@${to.userId}> already runs this upgrade.`, "Nothing was changed."));
  if (hasVoted(upgrade, to))
    return no(
      refuse(
        "not_now",
        `<@${to.userId}> has voted on the step that is open, and nobody approves what they run.`,
        "They withdraw that vote first, or somebody else takes over.",
      ),
    );
  return ok([{ type: "upgrade_handed_over", from: owner, to: { kind: "slack", person: to }, by }]);
}

/** Closes the review that a broken glass asks for: by somebody who had no part in it. */
export function reviewBreakGlass(upgrade: Upgrade, { by, note }: IntentOf<"review_break_glass">): Decision {
  const refusal = refuseReview(upgrade, by);
  if (refusal !== undefined) return no(refusal);
  return isBlank(note)
    ? no(refuse("note_missing", "A review needs a note.", "Say what you looked at and what you think of it."))
    : ok([{ type: "break_glass_reviewed", by, note }]);
}

/** Whether somebody may review an upgrade, before they are asked for the note; undefined means yes. */
export function refuseReview(upgrade: Upgrade, by: Requester): Refusal | undefined {
  if (upgrade.brokenGlass.length === 0)
    return refuse("not_now", `No glass was broken in ${upgrade.id}.`, "There is nothing to review.");
  if (upgrade.review !== undefined)
    return refuse("already_done", `${upgrade.id} was already reviewed.`, "Nothing was changed.");
  if (upgrade.status !== "closed")
    return refuse("not_now", `${upgrade.id} is not closed yet.`, "Review it as a whole when it has ended.");
  if (by.kind === "terminal")
    return refuse("not_allowed", "A review is signed by a person in Slack.", "Ask in the environment's channel.");
  const involved = [...requesterIdsOf(upgrade), ...upgrade.brokenGlass.flatMap((each) => identitiesOf(each.by))];
  if (isAmong(by.person, involved))
    return refuse(
      "not_allowed",
      "You had a part in this upgrade, so you cannot review it.",
      "Ask somebody who had none.",
    );
  return mayReview(upgrade, by.person) ? undefined : authoriseOperator(upgrade.request.environment, by);
}

/** Approvers may review as operators may. */
function mayReview({ request }: Upgrade, person: Person): boolean {
  return policiesOf(request.environment).some(
    (policy) => eligibilityOf({ policy, requesterIds: [], earlierVoterIds: [] }, person).kind === "eligible",
  );
}

function hasVoted(upgrade: Open, person: Person): boolean {
  return liveBallots(upgrade).some(({ voter }) => isSameHuman(voter, person));
}

/** The votes at the gate whose step may still start on them. */
function liveBallots(upgrade: Open): readonly Ballot[] {
  const progress = upgrade.status === "active" ? currentStep(upgrade)?.progress : undefined;
  if (progress?.kind !== "ready" || progress.approval === undefined) return [];
  const { outcome, ballots } = progress.approval;
  return outcome.kind === "open" || outcome.kind === "granted" ? ballots : [];
}
