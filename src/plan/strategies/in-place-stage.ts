import type { Plan } from "#src/plan/plan.ts";
import { isTouched } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";

/**
 * How far an in-place upgrade went, judged by what may have had an effect: a step that was begun counts.
 * `untouched`: no node was stopped. `stopped`: nodes or packages were touched, the database was not.
 * `migrated`: `migrations up` was started. `finished`: `migrations finish` was started.
 */
export type InPlaceStage = "untouched" | "stopped" | "migrated" | "finished";

export function stageOf(plan: Plan, progress: Progress): InPlaceStage {
  if (isTouched(progress, "migrations-finish")) return "finished";
  if (isTouched(progress, "migrations-up")) return "migrated";
  const isNodeTouched = plan.steps.some(
    (step) => (step.id.startsWith("stop-") || step.id === "install") && isTouched(progress, step.id),
  );
  return isNodeTouched ? "stopped" : "untouched";
}
