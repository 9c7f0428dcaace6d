import type { Plan } from "#src/plan/plan.ts";
import { isTouched } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { RollbackContext } from "#src/plan/strategy.ts";
import type { Step } from "#src/plan/step.ts";
import type { WayBack } from "#src/plan/way-back.ts";
import { rollSteps } from "#src/plan/steps/batch-steps.ts";
import type { Batch } from "#src/plan/steps/batches.ts";
import { lookBack, thaw } from "#src/plan/steps/roll-back-steps.ts";
import { asFound, joinedAsFound } from "#src/plan/steps/roll-checks.ts";
import type { RollView } from "#src/plan/steps/roll-checks.ts";
import { rollBackward } from "#src/plan/steps/roll.ts";
import { sources } from "#src/plan/steps/sources.ts";
import { smokeProbes } from "#src/plan/steps/check-steps.ts";

/**
 * How far a rolling upgrade went. `untouched`: every node is in traffic as before. `rolling`: some node was at least
 * taken out of traffic. `removed`: the removal of the old packages was begun.
 */
type RollingStage = "untouched" | "rolling" | "removed";

function stageOf(plan: Plan, progress: Progress): RollingStage {
  if (isTouched(progress, "decommission")) return "removed";
  const isReached = plan.steps.some(({ id, phase }) => phase === "roll_out" && isTouched(progress, id));
  return isReached ? "rolling" : "untouched";
}

/** How to go back from each stage of a rolling upgrade, and the price. */
export function rollingWayBack(plan: Plan, progress: Progress): WayBack {
  switch (stageOf(plan, progress)) {
    case "untouched":
      return {
        sentence: "No node was taken out of traffic: allow configuration writes again and stop here",
        price: "costs nothing",
        isRestoreNeeded: false,
      };
    case "rolling":
      return {
        sentence: `Put ${plan.from} back batch by batch on every node that was reached, those that are away first`,
        price: "costs time, but no data; the rest of each group serves meanwhile",
        isRestoreNeeded: false,
      };
    case "removed":
      return {
        sentence: `Install ${plan.from} from its package source again, batch by batch`,
        price: "costs time, but no data: packages that were kept for a quick return may be gone",
        isRestoreNeeded: false,
      };
  }
}

export function rollingRollbackSteps(rollback: RollbackContext, roll: RollView): readonly Step[] {
  const { view } = roll;
  const isReached = stageOf(rollback.plan, rollback.progress) !== "untouched";
  return [
    ...(isReached ? rollSteps(rollBackward(roll, rollback)) : [checkStillServing(roll)]),
    ...thaw({ ...rollback, context: view }),
    closeOldNodes(roll),
  ];
}

export function rollingRollbackNotes({ plan, progress }: RollbackContext, roll: RollView): readonly string[] {
  switch (stageOf(plan, progress)) {
    case "untouched":
      return ["No node was taken out of traffic: going back only lifts the freeze."];
    case "rolling":
      return backNotes(roll, { plan, progress });
    case "removed":
      return [
        ...backNotes(roll, { plan, progress }),
        `Old packages may be gone from the nodes: see that ${plan.from} can be had from its package source before the first batch.`,
      ];
  }
}

/** In which order nodes come back; the same for data planes in any strategy. */
export function backNotes(
  roll: RollView,
  reached: { readonly plan: Plan; readonly progress: Progress },
): readonly string[] {
  const { batches } = rollBackward(roll, reached);
  const away = batches.filter(({ isAway }) => isAway);
  const others = batches.filter(({ isAway }) => !isAway);
  return [
    ...(away.length === 0 ? [] : [`Out of traffic or down, and therefore first: ${namesIn(away)}.`]),
    ...(others.length === 0
      ? []
      : [
          `Then, the last upgraded first, in ${others.length} ${others.length === 1 ? "batch" : "batches"}: ${namesIn(others)}.`,
        ]),
    "Replacing these nodes loses nothing: they have no data of their own.",
  ];
}

function namesIn(batches: readonly Batch[]): string {
  return batches.flatMap(({ nodes }) => nodes.map(({ name }) => name)).join(", ");
}

function checkStillServing({ view }: RollView): Step {
  return {
    ...lookBack(view),
    id: "check-still-serving",
    title: `Check that all nodes still serve ${view.from}`,
    why: "No node was taken out of traffic; this proves it.",
    proof: asFound(view),
    source: sources.ltsRolling,
  };
}

function closeOldNodes(roll: RollView): Step {
  const { view } = roll;
  return {
    ...lookBack(view),
    id: "close",
    title: `Close: all nodes serve ${view.from}`,
    why: "The last look before the record is closed.",
    proof: [...asFound(view), ...joinedAsFound(roll), ...smokeProbes(view)],
    source: sources.ltsRolling,
  };
}
