import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "./environment.ts";
import { sealPlan } from "./plan.ts";
import type { Plan } from "./plan.ts";
import type { Progress } from "./progress.ts";
import type { PlanRefusal } from "./refusal.ts";
import { withTimeLimit } from "./step-kinds.ts";
import type { Step } from "./step.ts";
import { onCopy } from "./strategies/preproduction-first.ts";
import { copyUndoneNote, isCopyUnderWay, undoCopy } from "./strategies/preproduction-rollback.ts";
import { findStrategy } from "./strategies/registry.ts";

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
  if (plan.kind === "rollback") return no([alreadyBack]);
  const strategy = findStrategy(plan.strategy);
  if (strategy === undefined) return no([unknownStrategy(plan.strategy)]);
  const { from, to, options } = plan;
  const context = { upgradeId, environment, facts, from, to, options };
  const rollback = { context, plan, progress };
  const isCopying = isCopyUnderWay(plan, progress);
  const refusals = isCopying ? [] : strategy.refuseRollback(rollback);
  if (refusals.length > 0) return no(refusals);
  return ok(
    sealPlan({
      kind: "rollback",
      environment: plan.environment,
      strategy: plan.strategy,
      from: to,
      to: from,
      options,
      findings: [],
      steps: (isCopying ? undoCopy(rollback) : onCopy(context, strategy.rollbackSteps(rollback))).map((step) =>
        asWayBack(withTimeLimit(step, environment)),
      ),
      notes: isCopying ? [copyUndoneNote] : strategy.rollbackNotes(rollback),
    }),
  );
}

function asWayBack(step: Step): Step {
  return { ...step, id: `back-${step.id}` };
}

const alreadyBack: PlanRefusal = {
  code: "already_rolling_back",
  sentence: "this plan is already the way back",
  help: "retry the step that failed, or hold until the cause is understood",
};

function unknownStrategy(name: string): PlanRefusal {
  return {
    code: "strategy_unknown",
    sentence: `this program does not know the strategy ${name} of the plan that ran`,
    help: "use the version of kong-upgrade that made the plan, or go back by hand with its record",
  };
}
