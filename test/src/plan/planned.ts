import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { makePlan } from "#src/plan/make-plan.ts";
import { makeRollbackPlan } from "#src/plan/make-rollback-plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { Rehearsal } from "#src/plan/rehearsal.ts";

/** What a plan of these tests is made from. */
export interface Wish {
  readonly environment: Environment;
  readonly facts: Facts;
  readonly to: string;
  readonly strategy: string;
  readonly order?: "test-first" | "documented";
  readonly rehearsal?: Rehearsal | undefined;
}

export const upgradeId = "KU-2026-0007";

/** The plan, or an error with every refusal. */
export function planned({ order = "test-first", ...wish }: Wish): Plan {
  const made = makePlan({ upgradeId, ...wish, options: { order } });
  if (!made.ok) throw new Error(made.problem.map(({ code, sentence }) => `${code}: ${sentence}`).join("; "));
  return made.value;
}

/** The codes of a refusal; empty where there is a plan. */
export function refusalCodes({ order = "test-first", ...wish }: Wish): readonly string[] {
  const made = makePlan({ upgradeId, ...wish, options: { order } });
  return made.ok ? [] : made.problem.map(({ code }) => code);
}

/** Every step before this one is done, and this one was begun. */
export function stoppedAt(plan: Plan, stepId: string): Progress {
  const ids = plan.steps.map(({ id }) => id);
  const index = ids.indexOf(stepId);
  if (index === -1) throw new Error(`the plan has no step ${stepId}: ${ids.join(", ")}`);
  return { done: ids.slice(0, index), begun: [stepId], backedUpAt: "2026-11-21T03:14:00.000Z" };
}

/** The way back when everything before a step is done and that one was begun. */
export function backFrom(wish: Wish, stepId: string): Plan {
  const plan = planned(wish);
  const { environment, facts } = wish;
  const made = makeRollbackPlan({ upgradeId, environment, facts, plan, progress: stoppedAt(plan, stepId) });
  if (!made.ok) throw new Error(made.problem.map(({ code, sentence }) => `${code}: ${sentence}`).join("; "));
  return made.value;
}
