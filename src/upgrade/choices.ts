import { isStoppedByDrift } from "./drift.ts";
import { currentStep } from "./next.ts";
import type { Active, StepProgress } from "./state.ts";
import type { StepReport } from "./step-report.ts";

/**
 * What a person can choose when a step failed, is unknown, its approval ended without a yes, or before it somebody wrote
 * configuration or nobody could look whether somebody did.
 */
export type Choice = "retry" | "roll_back" | "count_as_done" | "look_again" | "accept_drift" | "waive_look" | "hold";

/** The real choices in this state, most advisable first; empty when nobody has to choose. */
export function choicesFor(upgrade: Active): readonly Choice[] {
  const choices = allChoices(upgrade);
  // Nobody can be told to wait who waits.
  return upgrade.flow.kind === "held" ? choices.filter((choice) => choice !== "hold") : choices;
}

function allChoices(upgrade: Active): readonly Choice[] {
  const current = currentStep(upgrade);
  if (current === undefined) return [];
  const { progress } = current;
  const isWayBack = upgrade.rollback !== undefined;
  const back: readonly Choice[] = isWayBack ? [] : ["roll_back"];
  switch (progress.kind) {
    case "failed":
      return choicesAfterFailure(progress, back);
    case "unknown":
      // Until the probe has answered nobody should choose blindly.
      return choicesOfUnknown(progress, back);
    case "ready":
      if (upgrade.drift !== undefined) return ["accept_drift", "look_again", ...back, "hold"];
      if (isStoppedByDrift(upgrade)) return ["look_again", "waive_look", ...back, "hold"];
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

function choicesOfUnknown(
  { evidence }: Extract<StepProgress, { readonly kind: "unknown" }>,
  back: readonly Choice[],
): readonly Choice[] {
  if (evidence === undefined) return [];
  // What still works would run twice.
  if (evidence.some(({ isRunning }) => isRunning === true)) return ["look_again", "count_as_done", ...back, "hold"];
  return ["count_as_done", "look_again", "retry", ...back, "hold"];
}

/** Watching that failed is not watched better again; where it could not be told either way, a person may say so. */
function choicesAfterFailure(
  { report }: Extract<StepProgress, { readonly kind: "failed" }>,
  back: readonly Choice[],
): readonly Choice[] {
  switch (report?.soak?.verdict) {
    case "fail":
      return [...back, "retry", "hold"];
    case "inconclusive":
      return ["retry", "count_as_done", ...back, "hold"];
    case "pass":
    case undefined:
      return isDoneByProof(report) ? ["count_as_done", "retry", ...back, "hold"] : ["retry", ...back, "hold"];
  }
}

/**
 * It ran and its end looked like a failure, or something kept it from running; and all that was looked at afterwards says
 * that its work is done: trying again may fail for just that reason, for ever.
 */
function isDoneByProof(report: StepReport | undefined): boolean {
  if (report === undefined || report.proof.length === 0) return false;
  const isKeptFromRunning = report.precheck.some(({ verdict }) => verdict !== "ok");
  if (report.commands.length === 0 && !isKeptFromRunning) return false;
  return report.proof.every(({ verdict }) => verdict === "ok");
}
