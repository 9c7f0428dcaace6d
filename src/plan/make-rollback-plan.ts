import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "./environment.ts";
import { sealPlan } from "./plan.ts";
import type { Plan } from "./plan.ts";
import type { Progress } from "./progress.ts";
import type { PlanRefusal } from "./refusal.ts";
import type { Step } from "./step.ts";
import { inPlaceRollbackNotes, inPlaceRollbackSteps } from "./strategies/in-place-rollback.ts";
import { stageOf } from "./strategies/in-place-stage.ts";

export interface RollbackRequest {
  readonly upgradeId: string;
  readonly environment: Environment;
  /** The facts that the plan was made from: they say what the old state was. */
  readonly facts: Facts;
  /** The upgrade plan that ran. */
  readonly plan: Plan;
  readonly progress: Progress;
}

/**
 * The way back from exactly this point as a plan of its own. Its step ids start with `back-`, so that they are never
 * taken for steps of the upgrade.
 */
export function makeRollbackPlan(request: RollbackRequest): Result<Plan, readonly PlanRefusal[]> {
  const { upgradeId, environment, facts, plan, progress } = request;
  const refusals = refuseRollback(request);
  if (refusals.length > 0) return no(refusals);
  const { from, to, options } = plan;
  const rollback = { context: { upgradeId, environment, facts, from, to, options }, plan, progress };
  return ok(
    sealPlan({
      kind: "rollback",
      environment: plan.environment,
      strategy: plan.strategy,
      from: to,
      to: from,
      options,
      findings: [],
      steps: inPlaceRollbackSteps(rollback).map((step) => asWayBack(step)),
      notes: inPlaceRollbackNotes(rollback),
    }),
  );
}

function asWayBack(step: Step): Step {
  return { ...step, id: `back-${step.id}` };
}

function refuseRollback({ plan, progress }: RollbackRequest): readonly PlanRefusal[] {
  if (plan.kind === "rollback") {
    return [
      {
        code: "already_rolling_back",
        sentence: "this plan is already the way back",
        help: "retry the step that failed, or hold until the cause is understood",
      },
    ];
  }
  const stage = stageOf(plan, progress);
  const needsBackup = stage === "migrated" || stage === "finished";
  if (needsBackup && !progress.done.includes("backup-database")) {
    return [
      {
        code: "no_backup",
        sentence: "the migrations were started, but no database backup of this upgrade was proven",
        help: "restore by hand from a backup made outside this upgrade",
      },
    ];
  }
  return [];
}
