import type { Finding } from "#src/kong/finding.ts";
import type { PathRefusalCode } from "#src/kong/upgrade-path.ts";
import type { Environment } from "./environment.ts";
import type { PlanContext } from "./plan-context.ts";
import type { Plan } from "./plan.ts";
import type { Progress } from "./progress.ts";
import type { PlanRefusal } from "./refusal.ts";
import type { Step } from "./step.ts";
import type { WayBack } from "./way-back.ts";

/** What a rollback is computed from: the plan that ran, how far it came, and the context it was made in. */
export interface RollbackContext {
  readonly context: PlanContext;
  readonly plan: Plan;
  readonly progress: Progress;
}

/** How well a strategy suits an installation, for the recommendation. */
export interface Fit {
  /** Higher is better; choose-strategy.ts holds the order. */
  readonly rank: "first_choice" | "possible" | "discouraged";
  /** Why, in one sentence for people. */
  readonly reason: string;
}

/**
 * One way to upgrade, as Kong documents it: pure functions from what is known to a checklist and back. Every step it
 * makes is proven, says its way back, and names the document it comes from.
 */
export interface Strategy {
  readonly name: StrategyName;
  /** One sentence for help and choice. */
  readonly summary: string;
  /** Every reason why it cannot work here; empty when it can. Asked before any other function. */
  refuse(context: PlanContext): readonly PlanRefusal[];
  /** How well it suits, from the environment and, where that matters, the two versions; asked only where it is not refused. */
  fit(environment: Environment, context: PlanContext): Fit;
  /**
   * Codes of version paths that are refused in general but not here, because this change is what the strategy is for:
   * its own `refuse` judges it. None where absent.
   */
  answersFor?(context: PlanContext): readonly PathRefusalCode[];
  steps(context: PlanContext, findings: readonly Finding[]): readonly Step[];
  /** What it costs, and what nobody looked at. */
  notes(context: PlanContext): readonly string[];
  /** The honest answer to "how do we go back from here". */
  wayBack(plan: Plan, progress: Progress): WayBack;
  /** Why there is no way back that a program can plan from here; empty when there is one. */
  refuseRollback(rollback: RollbackContext): readonly PlanRefusal[];
  /** The way back from exactly this point: nothing is undone that was not done. */
  rollbackSteps(rollback: RollbackContext): readonly Step[];
  rollbackNotes(rollback: RollbackContext): readonly string[];
}

export const strategyNames = [
  "in-place",
  "dual-cluster",
  "blue-green",
  "rolling",
  "control-plane-first",
  "helm",
  "helm-split",
  "oss-to-enterprise",
  "cassandra-copy",
  "fresh-data-store",
] as const;
export type StrategyName = (typeof strategyNames)[number];
