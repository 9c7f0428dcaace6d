import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { isBlank } from "#src/kernel/visible-signs.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Step } from "#src/plan/step.ts";
import type { Decision } from "./decide.ts";
import { driftDigest, isLookFailureKnown, isSeenUnchanged, mayStartUnseen } from "./drift.ts";
import type { IntentOf } from "./intents.ts";
import { currentStep, next } from "./next.ts";
import { refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import type { Active } from "./state.ts";

/** A runner saw a write before a step that it was about to start; the step waits for a decision. */
export function reportDrift(upgrade: Active, intent: IntentOf<"report_drift">, now: Instant): Decision {
  const { stepId, runnerId, drift } = intent;
  const step = stepToRun(upgrade, intent, now);
  return step.ok ? ok([{ type: "drift_found", beforeStep: stepId, runnerId, drift }]) : step;
}

/** While a step waits for the person who does it, a runner looked and saw no write. */
export function reportNoDrift(upgrade: Active, intent: IntentOf<"report_no_drift">, now: Instant): Decision {
  const { stepId, attempt, runnerId } = intent;
  const step = stepToRun(upgrade, intent, now);
  if (!step.ok) return step;
  if (isSeenUnchanged(upgrade, stepId, attempt) && upgrade.lookFailure === undefined)
    return no(refuse("already_done", `It is known that nobody had written before ${stepId}.`, "Nothing more to do."));
  return ok([{ type: "drift_not_found", beforeStep: stepId, attempt, runnerId }]);
}

/** A runner could not look whether somebody wrote; a step that may not start unseen waits for a decision. */
export function reportLookFailed(upgrade: Active, intent: IntentOf<"report_look_failed">, now: Instant): Decision {
  const { stepId, attempt, runnerId, reason } = intent;
  const step = stepToRun(upgrade, intent, now);
  if (!step.ok) return step;
  if (isLookFailureKnown(upgrade, stepId, attempt))
    return no(refuse("already_done", `It is known that nobody could look before ${stepId}.`, "Nothing more to do."));
  const stops = !mayStartUnseen(upgrade, step.value, attempt);
  return ok([{ type: "drift_look_failed", beforeStep: stepId, attempt, runnerId, reason, stops }]);
}

/** A person lets one attempt of a step start although nobody could look. */
export function waiveLook(upgrade: Active, intent: IntentOf<"waive_look">): Decision {
  const { stepId, attempt, reason, by } = intent;
  const isAsked = upgrade.drift === undefined && upgrade.lookFailure?.state === "asked";
  if (!isAsked || !isLookFailureKnown(upgrade, stepId, attempt)) return no(outdated);
  if (isBlank(reason)) {
    const help = "Say why it may go on; whoever reads the record has only that.";
    return no(refuse("note_missing", "Going on without a look at the configuration needs a reason.", help));
  }
  return ok([{ type: "drift_look_waived", beforeStep: stepId, attempt, by, reason }]);
}

function stepToRun(
  upgrade: Active,
  { stepId, attempt }: { readonly stepId: string; readonly attempt: number },
  now: Instant,
): Result<Step, Refusal> {
  const todo = next(upgrade, now);
  if (todo.do === "run" && todo.step.id === stepId && todo.attempt === attempt) return ok(todo.step);
  const byHand = todo.do === "wait" && todo.for === "confirmation" ? currentStep(upgrade) : undefined;
  if (byHand?.step.id === stepId && byHand.progress.kind === "ready" && byHand.progress.attempt === attempt)
    return ok(byHand.step);
  const sentence = `${upgrade.id} is not about to do step ${stepId}, attempt ${attempt}.`;
  return no(refuse("conflict", sentence, "Look at the state again."));
}

const outdated = refuse(
  "outdated",
  "This prompt is outdated: what it asks about is decided, or something else was found since.",
  "Look at the newest message of the thread.",
);

/** A person goes on with the configuration exactly as it was found. */
export function acceptDrift(upgrade: Active, { digest, reason, by }: IntentOf<"accept_drift">): Decision {
  const { drift } = upgrade;
  if (drift === undefined || driftDigest(drift) !== digest) {
    return no(outdated);
  }
  if (isBlank(reason)) {
    const help = "Say why it may go on; whoever reads the record has only that.";
    return no(refuse("note_missing", "Going on with a changed configuration needs a reason.", help));
  }
  return ok([{ type: "drift_accepted", by, digest, reason }]);
}
