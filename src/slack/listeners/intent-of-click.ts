import type { Digest } from "#src/kernel/digest.ts";
import { no, ok, unreachable } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { AnswerKind } from "#src/upgrade/answers.ts";
import { driftDigest } from "#src/upgrade/drift.ts";
import type { Lifted } from "#src/upgrade/events.ts";
import { liftOf } from "#src/upgrade/hold.ts";
import type { Requester } from "#src/upgrade/identity.ts";
import type { Intent, IntentOf } from "#src/upgrade/intents.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { ApprovalRequest, Upgrade } from "#src/upgrade/state.ts";
import { actionIds, digestPrefix } from "#src/slack/actions.ts";
import type { ActionId, ButtonValue } from "#src/slack/actions.ts";
import { liftDigest } from "#src/slack/views/hold.ts";

/** What a person wrote into a modal. */
export interface Words {
  readonly text: string;
  readonly leaveAsIs: boolean;
  /** Chosen in the dialog of a question. */
  readonly answer?: AnswerKind | undefined;
}

interface Meant {
  readonly actionId: ActionId;
  readonly value: ButtonValue;
  readonly words: Words;
}

/** Everything that a button can mean. */
export type SubmittedIntent = Exclude<Intent, { readonly intent: "request" }>;

export const outdated = refuse(
  "outdated",
  "This button is outdated: what it asked is not what would run now. Nothing was done.",
  "Use the newest message of the thread.",
);

/** The intent that a button means in the present state; whether it is allowed is decided by the desk. */
export function intentOf(upgrade: Upgrade, meant: Meant, by: Requester): Result<SubmittedIntent, Refusal> {
  const { actionId, value, words } = meant;
  switch (actionId) {
    case actionIds.start:
      return ok({ intent: "start", by });
    case actionIds.pause:
      return ok({ intent: "pause", reason: "", by });
    case actionIds.resume:
      return ok({ intent: "resume", by });
    case actionIds.hold:
      return ok({ intent: "hold", by });
    case actionIds.rollBack:
      return ok({ intent: "roll_back", reason: words.text, by });
    case actionIds.abort:
      return ok({ intent: "abort", reason: words.text, leaveAsIs: words.leaveAsIs, by });
    case actionIds.approve:
    case actionIds.reject:
      return voteOf(upgrade, meant, by);
    case actionIds.withdrawVote: {
      const approval = gateOf(upgrade, value);
      return approval === undefined || value.step === undefined || by.kind !== "slack"
        ? no(outdated)
        : ok({ intent: "withdraw_vote", ...stepOf(value.step), voter: by.person, digest: approval.digest });
    }
    case actionIds.cancelRequest: {
      const approval = gateOf(upgrade, value);
      return approval === undefined || value.step === undefined
        ? no(outdated)
        : ok({ intent: "cancel_request", ...stepOf(value.step), digest: approval.digest, reason: words.text, by });
    }
    case actionIds.cancelStep:
      return value.step === undefined
        ? no(outdated)
        : ok({ intent: "cancel_step", ...stepOf(value.step), reason: words.text, by });
    case actionIds.retry:
      return value.step === undefined ? no(outdated) : ok({ intent: "retry", ...stepOf(value.step), by });
    case actionIds.lookAgain:
      return value.step === undefined ? no(outdated) : ok({ intent: "look_again", ...stepOf(value.step), by });
    case actionIds.countAsDone:
      return value.step === undefined
        ? no(outdated)
        : ok({ intent: "count_as_done", ...stepOf(value.step), note: words.text, by });
    case actionIds.unschedule:
      return ok({ intent: "unschedule", reason: words.text, by });
    case actionIds.acceptDrift:
    case actionIds.waiveLook:
    case actionIds.lift:
      return goingOnOf(upgrade, { actionId, value, words }, by);
    case actionIds.confirmManual:
      return value.step === undefined
        ? no(outdated)
        : ok({ intent: "confirm_manual_step", ...stepOf(value.step), note: words.text, by });
    case actionIds.answer:
      return value.question === undefined || words.answer === undefined
        ? no(outdated)
        : ok({ intent: "answer_question", questionId: value.question, answer: words.answer, note: words.text, by });
    case actionIds.showEverything:
      return no(outdated);
    default:
      return unreachable(actionId);
  }
}

interface GoingOn extends Omit<Meant, "actionId"> {
  readonly actionId: typeof actionIds.acceptDrift | typeof actionIds.waiveLook | typeof actionIds.lift;
}

/** Somebody lets it go on, with a reason, although something was seen, could not be seen, or holds it. */
function goingOnOf(
  upgrade: Upgrade,
  { actionId, value, words }: GoingOn,
  by: Requester,
): Result<SubmittedIntent, Refusal> {
  const reason = words.text;
  switch (actionId) {
    case actionIds.acceptDrift: {
      const digest = driftOf(upgrade, value);
      return digest === undefined ? no(outdated) : ok({ intent: "accept_drift", digest, reason, by });
    }
    case actionIds.waiveLook:
      return value.step === undefined ? no(outdated) : ok({ intent: "waive_look", ...stepOf(value.step), reason, by });
    case actionIds.lift: {
      const hold = liftedBy(upgrade, value);
      return hold === undefined || by.kind !== "slack"
        ? no(outdated)
        : ok({ intent: "lift_hold", hold, person: by.person, reason });
    }
    default:
      return unreachable(actionId);
  }
}

function stepOf(step: NonNullable<ButtonValue["step"]>): { readonly stepId: string; readonly attempt: number } {
  return { stepId: step.id, attempt: step.attempt };
}

/** A vote is bound to the whole digest of what is shown now; the button's part of it must agree. */
function voteOf(upgrade: Upgrade, { actionId, value, words }: Meant, by: Requester): Result<IntentOf<"vote">, Refusal> {
  const { step } = value;
  const approval = gateOf(upgrade, value);
  if (step === undefined || approval === undefined || by.kind !== "slack") return no(outdated);
  return ok({
    intent: "vote",
    ...stepOf(step),
    voter: by.person,
    decision: actionId === actionIds.approve ? "approve" : "reject",
    digest: approval.digest,
    ...(words.text === "" ? {} : { reason: words.text }),
  });
}

/** The change that a button was made for; undefined when another one was found since, or none waits. */
function driftOf(upgrade: Upgrade, { step }: ButtonValue): Digest | undefined {
  if (upgrade.status !== "active" || upgrade.drift === undefined) return undefined;
  const digest = driftDigest(upgrade.drift);
  return digestPrefix(digest) === step?.digest ? digest : undefined;
}

/** What a button lifts; undefined when that does not hold the step any more. */
export function liftedBy(upgrade: Upgrade, { step }: ButtonValue): Lifted | undefined {
  const held = upgrade.status === "active" ? upgrade.heldBack : undefined;
  if (held === undefined || held.stepId !== step?.id || held.attempt !== step.attempt) return undefined;
  const lifted = liftOf(held.hold);
  return lifted !== undefined && liftDigest(lifted) === step.digest ? lifted : undefined;
}

/** The request that a button was made for; undefined when what it asked is not what would run now. */
export function gateOf(upgrade: Upgrade, { step }: ButtonValue): ApprovalRequest | undefined {
  if (step?.digest === undefined || upgrade.status !== "active") return undefined;
  const progress = currentTrack(upgrade).steps.get(step.id);
  const approval = progress === undefined || progress.kind === "waiting" ? undefined : progress.approval;
  return approval !== undefined && digestPrefix(approval.digest) === step.digest ? approval : undefined;
}
