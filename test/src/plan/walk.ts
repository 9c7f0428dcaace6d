import { makeRollbackPlan } from "#src/plan/make-rollback-plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { Step } from "#src/plan/step.ts";
import type { Given } from "./environments/hybrid-and-dbless.ts";
import { upgradeId } from "./planned.ts";

/** A plan that stopped somewhere, and its way back. */
export interface Stopped {
  readonly plan: Plan;
  readonly progress: Progress;
  readonly back: Plan;
}

/** The plan with its first steps done and, perhaps, the next one begun. */
export function stopAt(
  { environment, facts }: Given,
  plan: Plan,
  { at, begun }: { at: number; begun: number },
): Stopped {
  const ids = plan.steps.map(({ id }) => id);
  const progress: Progress = { done: ids.slice(0, at), begun: ids.slice(at, at + begun) };
  const back = makeRollbackPlan({ upgradeId, environment, facts, plan, progress });
  if (!back.ok) throw new Error(back.problem.map(({ sentence }) => sentence).join("; "));
  return { plan, progress, back: back.value };
}

/** Nodes that are out of traffic or down after each step, as somebody with no idea of batches would note it. */
export function awayAfter(
  steps: readonly Step[],
  before: ReadonlySet<string> = new Set(),
): readonly ReadonlySet<string>[] {
  let away = before;
  return steps.map((step) => {
    away = awayThen(away, step, steps);
    return away;
  });
}

/** A node that is admitted by a step of its own is away until then; any other only until it is started. */
function awayThen(away: ReadonlySet<string>, step: Step, steps: readonly Step[]): ReadonlySet<string> {
  const word = (id: string): string => id.replace(/^back-/u, "");
  if (/^(?:drain-batch-|stop-)/u.test(word(step.id))) return new Set([...away, ...step.targets]);
  const isAdmitted = (name: string): boolean =>
    steps.some(({ id, targets }) => word(id).startsWith("admit-batch-") && targets.includes(name));
  const isBack = (name: string): boolean =>
    step.targets.includes(name) &&
    (isAdmitted(name) ? word(step.id).startsWith("admit-batch-") : word(step.id).startsWith("start-"));
  return new Set([...away].filter((name) => !isBack(name)));
}
