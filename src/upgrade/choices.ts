import { currentStep } from "./next.ts";
import type { Active } from "./state.ts";

/** What a person can choose when a step failed, is unknown, or its approval ended without a yes. */
export type Choice = "retry" | "roll_back" | "count_as_done" | "look_again" | "hold";

/** The real choices in this state, most advisable first; empty when nobody has to choose. */
export function choicesFor(upgrade: Active): readonly Choice[] {
  const current = currentStep(upgrade);
  if (current === undefined) return [];
  const { progress } = current;
  const isWayBack = upgrade.rollback !== undefined;
  const back: readonly Choice[] = isWayBack ? [] : ["roll_back"];
  switch (progress.kind) {
    case "failed":
      return ["retry", ...back, "hold"];
    case "unknown":
      // Until the probe has answered nobody should choose blindly.
      return progress.evidence === undefined ? [] : ["count_as_done", "look_again", "retry", ...back, "hold"];
    case "ready":
      return progress.approval !== undefined &&
        ["refused", "expired", "cancelled"].includes(progress.approval.outcome.kind)
        ? ["retry", ...back, "hold"]
        : [];
    case "waiting":
    case "running":
    case "done":
      return [];
  }
}
