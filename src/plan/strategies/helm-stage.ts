import type { Plan } from "#src/plan/plan.ts";
import { isTouched } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { Step } from "#src/plan/step.ts";

/**
 * How far an upgrade by Helm went, judged by what may have had an effect. `untouched`: no release was changed. `chart`:
 * only charts. `replaced`: pods were replaced, and no migration was started. `migrated`: a release was upgraded whose
 * job migrates. `finished`: the job of `finish` was started.
 */
export type HelmStage = "untouched" | "chart" | "replaced" | "migrated" | "finished";

export function helmStageOf(plan: Plan, progress: Progress): HelmStage {
  const touched = plan.steps.filter(({ id }) => isTouched(progress, id));
  if (touched.some(({ id }) => id === "helm-finish")) return "finished";
  const upgrades = touched.filter(({ id }) => id.startsWith("upgrade-"));
  if (upgrades.some((step) => isMigrating(step))) return "migrated";
  if (upgrades.length > 0) return "replaced";
  return touched.some(({ id }) => id.startsWith("chart-")) ? "chart" : "untouched";
}

/** Only a step that runs the job of `up` belongs to this phase. */
function isMigrating({ phase }: Step): boolean {
  return phase === "migrate";
}
