import type { KongNode } from "#src/plan/kong-node.ts";
import type { Plan } from "#src/plan/plan.ts";
import { isTouched } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";

/** How far a batch got with one node; what was begun may have had its effect. */
export interface NodeProgress {
  /** `away`: taken out of traffic, stopped or replaced, and not proven back in traffic. */
  readonly state: "untouched" | "away" | "replaced";
  /** Whether its package may be another one than before. */
  readonly isPackageTouched: boolean;
}

const batchStep = /^(?:drain|stop|install|configure|configure-files|check|start|admit)-batch-\d+$/u;

export function nodeProgress(plan: Plan, progress: Progress, { name }: KongNode): NodeProgress {
  const own = plan.steps.filter(
    ({ id, targets }) =>
      id === `stop-${name}` || id === `start-${name}` || (batchStep.test(id) && targets.includes(name)),
  );
  const last = own.at(-1);
  const isReached = own.some(({ id }) => isTouched(progress, id));
  const isBack = last !== undefined && progress.done.includes(last.id);
  return {
    state: !isReached ? "untouched" : isBack ? "replaced" : "away",
    isPackageTouched: own.some(({ id }) => id.startsWith("install-") && isTouched(progress, id)),
  };
}
