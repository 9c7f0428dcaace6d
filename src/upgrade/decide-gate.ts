import { whyNoMember } from "#approvals/eligibility.ts";
import { humanOf, isAmong } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import { isEnough } from "#approvals/policy.ts";
import { dueNudge } from "#approvals/reminders.ts";
import { addMs } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import { isBlank } from "#src/kernel/visible-signs.ts";
import type { Decision } from "./decide.ts";
import { refuseFrozen } from "./decide-calendar.ts";
import { calendarOf, freezeAt } from "./hold.ts";
import type { IntentOf } from "./intents.ts";
import { outdated, undecided } from "./open-gate.ts";
import { describeIneligible, refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import { currentTrack } from "./state.ts";
import type { Active, ApprovalRequest } from "./state.ts";

/** Somebody takes their vote back; possible until the step starts. */
export function withdrawVote(upgrade: Active, intent: IntentOf<"withdraw_vote">, now: Instant): Decision {
  const found = undecided(upgrade, intent, now);
  if ("code" in found) return no(found);
  const { stepId, attempt, voter, digest, seal } = intent;
  const hasVoted = found.ballots.some((ballot) => humanOf(ballot.voter) === humanOf(voter));
  return hasVoted
    ? ok([{ type: "ballot_withdrawn", stepId, attempt, by: voter, digest, ...(seal === undefined ? {} : { seal }) }])
    : no(refuse("not_now", "You have no vote here that could be taken back.", "Nothing was changed."));
}

/** Whoever asked for the step does not want it to be decided any more. */
export function cancelRequest(upgrade: Active, intent: IntentOf<"cancel_request">, now: Instant): Decision {
  const found = undecided(upgrade, intent, now);
  if ("code" in found) return no(found);
  const { stepId, attempt, by, reason } = intent;
  if (by.kind !== "slack" || !isAmong(by.person, found.requesterIds))
    return no(
      refuse(
        "not_allowed",
        "Only whoever asked for this can take the request back.",
        "An approver rejects it; an operator pauses or aborts the upgrade.",
      ),
    );
  return ok([{ type: "approval_cancelled", stepId, attempt, by, reason }]);
}

/** Tells the people again, or others too; each nudge is recorded once, so that no replica and no restart repeats it. */
export function remind(upgrade: Active, intent: IntentOf<"remind">, now: Instant): Decision {
  const { stepId, attempt, nudge, to, voters, leftOut } = intent;
  const progress = currentTrack(upgrade).steps.get(stepId);
  if (progress?.kind !== "ready" || progress.attempt !== attempt || progress.approval?.outcome.kind !== "open")
    return no(outdated);
  const due = dueNudge(progress.approval.policy, progress.approval, now);
  return due?.kind === nudge.kind && due.number === nudge.number
    ? ok([
        {
          type: "approvers_reminded",
          stepId,
          attempt,
          nudge,
          to,
          ...(voters === undefined ? {} : { voters }),
          ...(leftOut === undefined ? {} : { leftOut }),
        },
      ])
    : ok([]);
}

/** A person who is named for it lets the step start without its approval. A no is not overruled. */
export function breakGlass(upgrade: Active, intent: IntentOf<"break_glass">, now: Instant): Decision {
  const found = undecided(upgrade, intent, now);
  if ("code" in found) return no(found);
  const refusal = whyNotBreak(found, intent.person) ?? whyFrozen(upgrade, now);
  if (refusal !== undefined) return no(refusal);
  const { stepId, attempt, digest, person, reason, incident, stepUp, skipped, seal } = intent;
  if (isBlank(reason) || isBlank(incident))
    return no(refuse("note_missing", "A reason and the reference of the incident are needed.", "Fill in both."));
  if (!isEnough(stepUp, found.policy.stepUp))
    return no(
      refuse("step_up_needed", `This step takes more than a click: ${found.policy.stepUp}.`, "Open the dialog again."),
    );
  return ok([
    {
      type: "glass_broken",
      stepId,
      attempt,
      digest,
      by: person,
      reason,
      incident,
      stepUp,
      skipped,
      expiresAt: addMs(now, found.policy.grantExpiresAfterMs),
      ...(seal === undefined ? {} : { seal }),
    },
  ]);
}

/** Whether somebody may break the glass of a step, before they are asked why; undefined means yes. */
export function refuseBreakGlass(
  upgrade: Active,
  { person, ...ref }: Pick<IntentOf<"break_glass">, "stepId" | "attempt" | "digest" | "person">,
  now: Instant,
): Refusal | undefined {
  const found = undecided(upgrade, ref, now);
  return "code" in found ? found : (whyNotBreak(found, person) ?? whyFrozen(upgrade, now));
}

/** A broken glass stands in for an approval, not for the calendar, unless the freeze says so itself. */
function whyFrozen(upgrade: Active, now: Instant): Refusal | undefined {
  if (upgrade.rollback !== undefined) return undefined;
  const binding = calendarOf(upgrade).freezes.filter(({ yieldsToBrokenGlass }) => !yieldsToBrokenGlass);
  const freeze = freezeAt(binding, upgrade.lifts ?? [], now);
  return freeze === undefined ? undefined : refuseFrozen(freeze, "A broken glass would start nothing now");
}

function whyNotBreak({ outcome, policy }: ApprovalRequest, person: Person): Refusal | undefined {
  if (outcome.kind === "granted")
    return refuse("already_decided", "This step needs no breaking of glass: it is approved.", "It starts by itself.");
  const noMember = whyNoMember(person);
  if (noMember !== undefined) return describeIneligible(noMember, person.userId);
  return policy.breakGlass.includes(person.userId)
    ? undefined
    : refuse(
        "not_allowed",
        "You are not named for breaking the glass of this step.",
        policy.breakGlass.length === 0
          ? "The configuration names nobody: the step needs its approval."
          : `The configuration names ${policy.breakGlass.map((id) => `<@${id}>`).join(", ")}.`,
      );
}
