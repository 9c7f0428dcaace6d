import { isTouched } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { Plan } from "#src/plan/plan.ts";

/**
 * How far an upgrade to a second cluster with data of its own went, judged by what may have had an effect.
 * `untouched`: all traffic is where it was. `shifted`: part or all of it was sent over. `stopped`: old nodes were
 * stopped. `removed`: the old cluster was decommissioned.
 */
export type SecondClusterStage = "untouched" | "shifted" | "stopped" | "removed";

export function stageOfSecondCluster(plan: Plan, progress: Progress): SecondClusterStage {
  const isAny = (prefix: string): boolean =>
    plan.steps.some((step) => step.id.startsWith(prefix) && isTouched(progress, step.id));
  if (isTouched(progress, "decommission")) return "removed";
  if (isAny("stop-")) return "stopped";
  return isAny("shift-") ? "shifted" : "untouched";
}
