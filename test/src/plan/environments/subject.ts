import type fc from "fast-check";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { makePlan } from "#src/plan/make-plan.ts";
import { makeRollbackPlan } from "#src/plan/make-rollback-plan.ts";
import type { Plan, PlanOptions } from "#src/plan/plan.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { StrategyName } from "#src/plan/strategy.ts";
import type { Step } from "#src/plan/step.ts";

export const upgradeId = "KU-2026-0007";

/** What a plan is made from. */
export interface Given {
  readonly environment: Environment;
  readonly facts: Facts;
  readonly to: string;
  readonly order: PlanOptions["order"];
}

/** A plan that lies as readable text in `golden/<file>.txt`, and the ways back from steps of it that were begun. */
export interface Golden {
  readonly file: string;
  readonly given: Given;
  readonly back?: readonly { readonly at: string; readonly file: string }[];
}

/** What the tests over all strategies need to know of one. A new strategy adds a file here and a line in `all.ts`. */
export interface Subject {
  readonly strategy: StrategyName;
  /** Installations that it can upgrade, with and without everything that is optional. */
  readonly givens: fc.Arbitrary<Given>;
  /**
   * How a loss of the old data is ruled out: a backup that was restored before the point of no return, or the sentence
   * among the notes that says why none is needed.
   */
  readonly backup: "restored" | RegExp;
  /** Whether only a restore or a rebuild undoes this step; over `isDangerous` of the property tests where it is told. */
  readonly isDangerous?: (step: Step, given: Given) => boolean;
  readonly golden: readonly Golden[];
  /** Batches and releases have steps of their own names, so their class and way back are in property tests of their own. */
  readonly classAndWayBack?: "rolling.property.test.ts" | "helm.property.test.ts";
}

/** The plan for what is given. @throws Error with the refusals */
export function planOf(strategy: string, { environment, facts, to, order }: Given): Plan {
  const made = makePlan({ upgradeId, environment, facts, to, strategy, options: { order } });
  if (!made.ok) throw new Error(made.problem.map((refusal) => refusal.sentence).join("; "));
  return made.value;
}

/** The way back from there, or the codes of its refusals. */
export function backOf({ environment, facts }: Given, plan: Plan, progress: Progress): Plan | readonly string[] {
  const back = makeRollbackPlan({ upgradeId, environment, facts, plan, progress });
  return back.ok ? back.value : back.problem.map(({ code }) => code);
}

/** Every step before `stepId` is done, and that one was begun. */
export function stoppedAt(plan: Plan, stepId: string): Progress {
  const ids = plan.steps.map((step) => step.id);
  if (!ids.includes(stepId)) throw new Error(`there is no step ${stepId}`);
  return { done: ids.slice(0, ids.indexOf(stepId)), begun: [stepId], backedUpAt: "2026-11-21T03:14:00.000Z" };
}
