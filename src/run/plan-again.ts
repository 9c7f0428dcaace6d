import { makePlan } from "#src/plan/make-plan.ts";
import { makeRollbackPlan } from "#src/plan/make-rollback-plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import { progressOfTrack } from "#src/upgrade/progress.ts";
import type { Active } from "#src/upgrade/state.ts";

/**
 * Makes the plan that is executed once more, from the same facts, so that a step that somebody wrote into the record by
 * another way than the bot's is not run. Undefined when there is no such plan.
 */
export function planAgain(upgrade: Active): Plan | undefined {
  const { id, facts, forward, rollback, request } = upgrade;
  const { environment, to, strategy, options, rehearsal } = request;
  const made = makePlan({ upgradeId: id, environment, facts, to, strategy, options, rehearsal });
  if (!made.ok) return undefined;
  if (rollback === undefined) return made.value;
  // The forward track stands still since the way back began, so its progress is that of then.
  const back = makeRollbackPlan({
    upgradeId: id,
    environment,
    facts,
    plan: made.value,
    progress: progressOfTrack(forward),
  });
  return back.ok ? back.value : undefined;
}
