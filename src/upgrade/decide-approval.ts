import { eligibilityOf } from "#approvals/eligibility.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Decision } from "./decide.ts";
import type { IntentOf } from "./intents.ts";
import { describeIneligible, refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import { currentStep, recheckAfterMs } from "./next.ts";
import { currentTrack } from "./state.ts";
import type { Active, ApprovalRequest } from "./state.ts";

const outdated = refuse(
  "outdated",
  "This request is outdated: what it asked is not what would run now.",
  "Look at the newest message of the thread.",
);

/** One click on Approve, or a rejection with its reason. */
export function vote(upgrade: Active, intent: IntentOf<"vote">, now: Instant): Decision {
  const found = requestFor(upgrade, intent);
  if ("code" in found) return no(found);
  if (isAfter(now, found.expiresAt))
    return no(refuse("outdated", "This request has expired.", "Ask for it again with `/kong-upgrade retry`."));
  const eligibility = eligibilityOf(found.policy, intent.voter, found.requesterIds);
  if (eligibility.kind === "ineligible") return no(describeIneligible(eligibility.reason, intent.voter.userId));
  const isRepeated = found.ballots.some(
    (ballot) => ballot.voter.userId === intent.voter.userId && ballot.decision === intent.decision,
  );
  if (isRepeated) return no(refuse("already_decided", "Your vote is already counted.", "Nothing more to do for you."));
  const { stepId, attempt, voter, decision, digest, reason, seal } = intent;
  const ballot = { voter, decision, digest, at: now, ...(reason === undefined ? {} : { reason }) };
  return ok([{ type: "ballot_cast", stepId, attempt, ballot, ...(seal === undefined ? {} : { seal }) }]);
}

/** The request that a click means, if it is still open and still the same. */
function requestFor(upgrade: Active, intent: IntentOf<"vote">): ApprovalRequest | Refusal {
  const current = currentStep(upgrade);
  const progress = currentTrack(upgrade).steps.get(intent.stepId);
  if (progress === undefined) return outdated;
  if (progress.kind === "done")
    return refuse("already_decided", "This step is already done.", "Nothing more to approve here.");
  if (progress.kind === "running")
    return refuse("already_decided", "This step was approved and is running.", "To stop after it, pause the upgrade.");
  if (progress.kind !== "ready" || current?.step.id !== intent.stepId || progress.approval === undefined)
    return outdated;
  const { approval } = progress;
  if (progress.attempt !== intent.attempt || approval.digest !== intent.digest) return outdated;
  switch (approval.outcome.kind) {
    case "open":
      return approval;
    case "granted":
    case "consumed":
      return refuse(
        "already_decided",
        `Already approved by ${approval.outcome.approvedBy.map((id) => `<@${id}>`).join(", ")}.`,
        "To stop it, pause the upgrade.",
      );
    case "refused":
      return refuse(
        "already_decided",
        `Already rejected by <@${approval.outcome.by}>.`,
        "It can be asked again with `/kong-upgrade retry`.",
      );
    case "expired":
      return refuse("already_decided", "This request has expired.", "Ask for it again with `/kong-upgrade retry`.");
  }
}

/** The second look at the voters, right before the step; only a complete and fresh yes is signed. */
export function recheckApproval(upgrade: Active, intent: IntentOf<"recheck_approval">): Decision {
  const { stepId, attempt, people, envelope, checkedAt } = intent;
  const progress = currentTrack(upgrade).steps.get(stepId);
  if (progress?.kind !== "ready" || progress.attempt !== attempt || progress.approval?.outcome.kind !== "granted")
    return no(outdated);
  const { approval } = progress;
  const voters = progress.approval.outcome.approvedBy.map((userId) =>
    people.find((person) => person.userId === userId),
  );
  if (voters.some((person) => person === undefined || person.kind === "unknown")) {
    return no(refuse("not_now", "Not every approver could be looked up again.", "It is tried again in a moment."));
  }
  const gone = voters.flatMap((person) => {
    if (person === undefined) return [];
    const eligibility = eligibilityOf(approval.policy, person, approval.requesterIds);
    return eligibility.kind === "eligible" ? [] : [{ person, reason: eligibility.reason }];
  });
  // Two replicas may look at once; the second look adds nothing while the first is fresh.
  const { signed } = progress.approval.outcome;
  const isFresh = signed !== undefined && !isAfter(checkedAt, addMs(signed.checkedAt, recheckAfterMs));
  if (gone.length === 0 && isFresh) return ok([]);
  if (gone.length === 0) return ok([{ type: "approval_signed", stepId, attempt, envelope, checkedAt }]);
  const reason = gone.map(({ person, reason: why }) => `${person.userId}: ${why}`).join(", ");
  return ok([{ type: "approval_voided", stepId, attempt, people: gone.map(({ person }) => person), reason }]);
}
