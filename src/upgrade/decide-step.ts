import type { Instant } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Step } from "#src/plan/step.ts";
import { refuseOpenQuestions } from "./decide-answer.ts";
import { choicesFor } from "./choices.ts";
import type { Choice } from "./choices.ts";
import { refuseFrozen, whoMayLift } from "./decide-calendar.ts";
import type { Decision } from "./decide.ts";
import { isStoppedByDrift, mayStartUnseen } from "./drift.ts";
import { freezeFor, holdOfReady, refOf } from "./hold.ts";
import type { Hold } from "./hold.ts";
import type { IntentOf } from "./intents.ts";
import { currentStep, hasEnded, isFreshlySigned, isInsideOwnWindow, next } from "./next.ts";
import { refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import { currentTrack } from "./state.ts";
import type { Active, ApprovalRequest, StepProgress, Upgrade } from "./state.ts";

const conflict = (sentence: string): Decision => no(refuse("conflict", sentence, "Look at the state again."));

/** A runner claims a step: only exactly what the fold says is to run now, with this very digest. */
export function startStep(upgrade: Active, intent: IntentOf<"start_step">, now: Instant): Decision {
  const allowed = next(upgrade, now);
  if (allowed.do !== "run") return conflict(`${upgrade.id} does not run a step now (${allowed.do}).`);
  const isSame =
    allowed.step.id === intent.stepId && allowed.attempt === intent.attempt && allowed.digest === intent.digest;
  if (!isSame) return conflict(`${upgrade.id} is at step ${allowed.step.id}, attempt ${allowed.attempt}.`);
  const { stepId, attempt, runnerId, digest, fence } = intent;
  return ok([{ type: "step_started", stepId, attempt, runnerId, digest, ...(fence === undefined ? {} : { fence }) }]);
}

export function finishStep(upgrade: Active, intent: IntentOf<"finish_step">): Decision {
  const { stepId, attempt, runnerId, report } = intent;
  const progress = progressOf(upgrade, stepId, attempt);
  const isMine = progress?.kind === "running" && progress.runnerId === runnerId;
  // The runner was given up while it could not reach us, and comes back with what it saw; nobody has decided since.
  const isLate =
    progress?.kind === "unknown" && progress.report === undefined && currentStep(upgrade)?.step.id === stepId;
  if (!isMine && !isLate) return conflict(`Step ${stepId}, attempt ${attempt}, is not run by ${runnerId}.`);
  return ok([{ type: "step_finished", stepId, attempt, runnerId, report }]);
}

/** Kept as evidence, whatever became of the upgrade: people compare it with what they decided without it. */
export function reportLateResult(upgrade: Upgrade, intent: IntentOf<"report_late_result">): Decision {
  const { stepId, attempt, runnerId, report } = intent;
  const started = upgrade.status === "active" || upgrade.status === "closed" ? upgrade : undefined;
  const isKnown = [started?.forward, started?.rollback].some((track) => track?.steps.has(stepId));
  if (!isKnown) return conflict(`${upgrade.id} has no step ${stepId}.`);
  return ok([{ type: "result_came_late", stepId, attempt, runnerId, report }]);
}

export function reportRunnerLost(upgrade: Active, intent: IntentOf<"report_runner_lost">): Decision {
  const { stepId, attempt, runnerId, reason } = intent;
  const progress = progressOf(upgrade, stepId, attempt);
  if (progress?.kind !== "running" || progress.runnerId !== runnerId)
    return conflict(`Step ${stepId} is not run by ${runnerId}.`);
  return ok([{ type: "runner_lost", stepId, attempt, runnerId, reason }]);
}

export function reportEvidence(upgrade: Active, intent: IntentOf<"report_evidence">): Decision {
  const { stepId, attempt, runnerId, probes } = intent;
  if (progressOf(upgrade, stepId, attempt)?.kind !== "unknown")
    return conflict(`The outcome of step ${stepId} is not unknown.`);
  return ok([{ type: "evidence_collected", stepId, attempt, runnerId, probes }]);
}

export function countAsDone(upgrade: Active, intent: IntentOf<"count_as_done">): Decision {
  const refusal = refuseChoice(upgrade, intent, "count_as_done");
  if (refusal !== undefined) return no(refusal);
  const { stepId, attempt, by, note } = intent;
  return ok([{ type: "step_counted_as_done", stepId, attempt, by, note }]);
}

/** Collects the evidence anew, or looks for writes once more; nothing else changes. */
export function lookAgain(upgrade: Active, intent: IntentOf<"look_again">): Decision {
  const refusal = refuseChoice(upgrade, intent, "look_again");
  if (refusal !== undefined) return no(refusal);
  const { stepId, attempt, by } = intent;
  return isStoppedByDrift(upgrade)
    ? ok([{ type: "drift_look_requested", beforeStep: stepId, attempt, by }])
    : ok([{ type: "evidence_requested", stepId, attempt, by }]);
}

/** A new attempt; an irreversible step needs a new approval, because the old one was consumed or ended. */
export function retry(upgrade: Active, intent: IntentOf<"retry">, now: Instant): Decision {
  const refusal = refuseChoice(upgrade, intent, "retry");
  if (refusal !== undefined) return no(refusal);
  const freeze = upgrade.rollback === undefined ? freezeFor(upgrade, now) : undefined;
  if (freeze !== undefined) return no(refuseFrozen(freeze, "Nothing is tried again; going back is possible"));
  return ok([{ type: "step_retried", stepId: intent.stepId, attempt: intent.attempt + 1, by: intent.by }]);
}

export function confirmManualStep(upgrade: Active, intent: IntentOf<"confirm_manual_step">, now: Instant): Decision {
  const { stepId, attempt, by, note } = intent;
  const current = currentStep(upgrade);
  if (current?.step.id !== stepId || current.step.action.kind !== "manual") return no(notWaiting);
  if (current.progress.kind !== "ready" || current.progress.attempt !== attempt) return no(notWaiting);
  if (upgrade.flow.kind !== "going") return no(refuse("not_now", `${upgrade.id} is paused.`, "Resume it first."));
  const obstacle = refuseWritten(upgrade, current.step, attempt) ?? refuseOpenQuestions(upgrade, stepId);
  if (obstacle !== undefined) return no(obstacle);
  const { approval } = current.progress;
  const unapproved = refuseUnapproved(approval, now);
  if (unapproved !== undefined) return no(unapproved);
  if (!isInsideOwnWindow(upgrade, approval, now))
    return no(
      refuse("not_now", "This step is only done inside a maintenance window.", "The request says when one opens."),
    );
  const hold = holdOfReady(upgrade, current.step, current.progress, now);
  if (hold !== undefined) return no(refuseHeld(hold, now));
  return ok([{ type: "manual_step_confirmed", stepId, attempt, by, note }]);
}

const notWaiting = refuse(
  "outdated",
  "This step does not wait for a confirmation now.",
  "Look at the newest message of the thread.",
);

/** The confirmation is the start of a manual step, so the approvers are looked up again right before it, too. */
function refuseUnapproved(approval: ApprovalRequest | undefined, now: Instant): Refusal | undefined {
  if (approval === undefined) return undefined;
  if (approval.outcome.kind !== "granted")
    return refuse(
      "not_now",
      "This step needs its approval before it is done.",
      "Ask the approvers that the request names.",
    );
  if (hasEnded(approval, now))
    return refuse(
      "not_now",
      `The approval of this step ended at ${approval.outcome.expiresAt}.`,
      "It can be asked again with `/kong-upgrade retry`.",
    );
  return isFreshlySigned(approval.outcome.signed, now)
    ? undefined
    : refuse(
        "being_looked_up",
        "The approvers of this step are being looked up again.",
        "Press the button again in a moment.",
      );
}

/** Nobody confirms over a write that was seen, or that is to be looked for once more. */
function refuseWritten(upgrade: Active, step: Step, attempt: number): Refusal | undefined {
  if (isStoppedByDrift(upgrade)) {
    const what =
      upgrade.drift === undefined
        ? "Nobody could look whether configuration was written."
        : "Configuration was written during the freeze.";
    return refuse("not_now", `${what} This step is not done now.`, "Choose at the newest message of the thread first.");
  }
  if (upgrade.isDriftSuspected === undefined || mayStartUnseen(upgrade, step, attempt)) return undefined;
  return refuse(
    "being_looked_up",
    "A runner looks once more whether configuration was written.",
    "Press the button again in a moment. `/kong-upgrade status` tells whether a runner is there.",
  );
}

/** The confirmation is the start of a manual step. */
function refuseHeld(hold: Hold, now: Instant): Refusal {
  if (hold.kind === "freeze") return refuseFrozen(hold.freeze, "This step is not done now");
  const { until, mayLift } = refOf(hold, now);
  return refuse(
    "not_now",
    `This step is only done inside a maintenance window; ${until === undefined ? "none opens within eight days" : `the next one opens at ${until}`}.`,
    whoMayLift(mayLift),
  );
}

/** Whether a choice of the failure prompt is still a real one. */
function refuseChoice(
  upgrade: Active,
  intent: { readonly stepId: string; readonly attempt: number },
  choice: Choice,
): Refusal | undefined {
  const current = currentStep(upgrade);
  const attempt = current === undefined || current.progress.kind === "waiting" ? undefined : current.progress.attempt;
  if (current?.step.id !== intent.stepId || attempt !== intent.attempt) {
    return refuse(
      "outdated",
      "This prompt is outdated; the upgrade has moved on.",
      "Look at the newest message of the thread.",
    );
  }
  return choicesFor(upgrade).includes(choice)
    ? undefined
    : refuse(
        "not_now",
        `Step ${intent.stepId} (${current.progress.kind}) does not offer this choice.`,
        "The newest prompt shows what is possible.",
      );
}

/** The progress of exactly this attempt; undefined where another one, or none, is there. */
export function progressOf(
  upgrade: Active,
  stepId: string,
  attempt: number,
): Exclude<StepProgress, { kind: "waiting" }> | undefined {
  const progress = currentTrack(upgrade).steps.get(stepId);
  return progress !== undefined && progress.kind !== "waiting" && progress.attempt === attempt ? progress : undefined;
}
