import { no, ok } from "#src/kernel/result.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Decision } from "./decide.ts";
import { driftDigest } from "./drift.ts";
import type { IntentOf } from "./intents.ts";
import { next } from "./next.ts";
import { refuse } from "./refusals.ts";
import type { Active } from "./state.ts";

/** A runner saw a write before a step that it was about to start; the step waits for a decision. */
export function reportDrift(upgrade: Active, intent: IntentOf<"report_drift">, now: Instant): Decision {
  const { stepId, attempt, runnerId, drift } = intent;
  const todo = next(upgrade, now);
  if (todo.do !== "run" || todo.step.id !== stepId || todo.attempt !== attempt) {
    const sentence = `${upgrade.id} is not about to run step ${stepId}, attempt ${attempt}.`;
    return no(refuse("conflict", sentence, "Look at the state again."));
  }
  return ok([{ type: "drift_found", beforeStep: stepId, runnerId, drift }]);
}

/** A person goes on with the configuration exactly as it was found. */
export function acceptDrift(upgrade: Active, { digest, reason, by }: IntentOf<"accept_drift">): Decision {
  const { drift } = upgrade;
  if (drift === undefined || driftDigest(drift) !== digest) {
    return no(
      refuse(
        "outdated",
        "This prompt is outdated: what it asks about is decided, or another change was found since.",
        "Look at the newest message of the thread.",
      ),
    );
  }
  if (reason.trim() === "") {
    const help = "Say why it may go on; whoever reads the record has only that.";
    return no(refuse("note_missing", "Going on with a changed configuration needs a reason.", help));
  }
  return ok([{ type: "drift_accepted", by, digest, reason }]);
}
