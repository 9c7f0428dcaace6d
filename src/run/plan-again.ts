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

interface Made {
  readonly request: Active["request"];
  /** What a way back was made from; absent on the way forward. */
  readonly reached: Active["forward"] | undefined;
  readonly plan: Plan | undefined;
}

/**
 * `planAgain` with a memory, because a runner asks before every step, and at a thousand nodes each answer takes some tenths
 * of a second. It remembers by the very objects that a plan is made from, which nothing changes: a record that is read
 * anew has others, and is planned anew.
 */
export function rememberPlans(make = planAgain): typeof planAgain {
  const known = new WeakMap<Active["facts"], Made>();
  return (upgrade) => {
    const { facts, request } = upgrade;
    const reached = upgrade.rollback === undefined ? undefined : upgrade.forward;
    const before = known.get(facts);
    if (before !== undefined && before.request === request && before.reached === reached) return before.plan;
    const plan = make(upgrade);
    known.set(facts, { request, reached, plan });
    return plan;
  };
}
