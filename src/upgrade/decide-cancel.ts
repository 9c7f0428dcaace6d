import { no, ok } from "#src/kernel/result.ts";
import { cancellingOf } from "#src/plan/cancelling.ts";
import type { Decision } from "./decide.ts";
import type { IntentOf } from "./intents.ts";
import { currentStep } from "./next.ts";
import { refuse } from "./refusals.ts";
import type { Active } from "./state.ts";

/**
 * Asks the runner to end a running step. Whichever is recorded first counts: a step that has ended is not cancelled, and
 * one that ends by itself after this was asked says so in its result.
 */
export function cancelStep(upgrade: Active, intent: IntentOf<"cancel_step">): Decision {
  const { stepId, attempt, reason, by } = intent;
  const current = currentStep(upgrade);
  const isCurrent =
    current?.step.id === stepId && current.progress.kind !== "waiting" && current.progress.attempt === attempt;
  if (!isCurrent || current.progress.kind !== "running") {
    return no(
      refuse(
        "outdated",
        `Step ${stepId} does not run any more, so there is nothing to cancel.`,
        "Look at the newest message of the thread.",
      ),
    );
  }
  const { step, progress } = current;
  if (progress.cancel !== undefined) {
    return no(
      refuse(
        "already_done",
        `Step “${step.title}” is already being cancelled.`,
        "Its result tells what came of it. Nothing to do.",
      ),
    );
  }
  const cancelling = cancellingOf(step, upgrade.request.environment.hooks);
  if (cancelling.kind === "impossible")
    return no(refuse("not_now", `Step “${step.title}” is not cancelled: ${cancelling.why}`, cancelling.instead));
  return ok([{ type: "step_cancel_requested", stepId, attempt, by, reason }]);
}
