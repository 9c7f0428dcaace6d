import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import { isTouched } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import type { RollbackContext } from "#src/plan/strategy.ts";
import type { Step } from "#src/plan/step.ts";
import type { WayBack } from "#src/plan/way-back.ts";
import { setAsideDatabase } from "#src/plan/steps/backup-layout.ts";
import { rollSteps } from "#src/plan/steps/batch-steps.ts";
import { allServing, migrations, nodeNames } from "#src/plan/steps/check-steps.ts";
import { dataPlanesStill, replaceByHand } from "#src/plan/steps/hybrid-steps.ts";
import type { Hybrid } from "#src/plan/steps/hybrid-steps.ts";
import { dropScratchLeft, lookBack, thaw } from "#src/plan/steps/roll-back-steps.ts";
import { rollBackward } from "#src/plan/steps/roll.ts";
import { sources } from "#src/plan/steps/sources.ts";
import { crossesMajor } from "./control-plane-first-notes.ts";
import { refuseInPlaceRollback, undoInPlace } from "./in-place-rollback.ts";
import { stageOf as controlPlaneStageOf } from "./in-place-stage.ts";
import type { InPlaceStage } from "./in-place-stage.ts";
import { backNotes } from "./rolling-rollback.ts";

/** How far a hybrid upgrade went: the stages of the control planes, and then the data planes. */
type HybridStage = InPlaceStage | "rolling";

function stageOf(plan: Plan, progress: Progress): HybridStage {
  const isReached = plan.steps.some(({ id, phase }) => phase === "roll_out" && isTouched(progress, id));
  return isReached ? "rolling" : controlPlaneStageOf(plan, progress);
}

/** How to go back from each stage of a hybrid upgrade, and the price. */
export function controlPlaneFirstWayBack(plan: Plan, progress: Progress): WayBack {
  const stage = stageOf(plan, progress);
  const restore = `restore the backup into a fresh database and start the control planes of ${plan.from} on it`;
  const price = "no configuration changes until the restore is proven, and an approval; traffic goes on";
  switch (stage) {
    case "untouched":
      return {
        sentence: "Nothing was stopped or changed: allow configuration writes again and stop here",
        price: "costs nothing",
        isRestoreNeeded: false,
      };
    case "stopped":
      return {
        sentence: `Put ${plan.from} back where it was replaced and start the control planes; the database was not touched`,
        price: "costs only the time in which nobody can change the configuration; traffic goes on",
        isRestoreNeeded: false,
      };
    case "migrated":
      return {
        sentence: `Stop the new control planes, ${restore}; the migrated database is kept under another name`,
        price,
        isRestoreNeeded: true,
      };
    case "finished":
      return {
        sentence: `Past the point of no return: stop the new control planes, ${restore}; the upgraded database is kept under another name`,
        price,
        isRestoreNeeded: true,
      };
    case "rolling":
      return {
        sentence: `Put ${plan.from} back on the data planes batch by batch, then stop the new control planes, ${restore}`,
        price,
        isRestoreNeeded: true,
      };
    default:
      return unreachable(stage);
  }
}

export function refuseHybridRollback(rollback: RollbackContext, { controlPlanes }: Hybrid): readonly PlanRefusal[] {
  return refuseInPlaceRollback({ ...rollback, context: controlPlanes });
}

/** Data planes first, control planes last: a control plane must never be older than its data planes. */
export function hybridRollbackSteps(rollback: RollbackContext, hybrid: Hybrid): readonly Step[] {
  const controlPlanes = { ...rollback, context: hybrid.controlPlanes };
  const undo = undoInPlace(controlPlanes);
  // Without a readable backup the control planes cannot follow, so it is looked at before any data plane goes back.
  const first = undo.filter(({ id }) => id === "check-backup");
  return [
    ...first,
    ...dataPlanesBack(rollback, hybrid),
    ...undo.filter((step) => !first.includes(step)),
    checkBothPlanes(hybrid),
    ...dropScratchLeft(controlPlanes),
    ...thaw(controlPlanes),
    closeOldHybrid(hybrid),
  ];
}

function dataPlanesBack({ plan, progress }: RollbackContext, hybrid: Hybrid): readonly Step[] {
  if (stageOf(plan, progress) !== "rolling") return [];
  const { dataPlanes } = hybrid;
  return dataPlanes.view.environment.nodes.length > 0
    ? rollSteps(rollBackward(dataPlanes, { plan, progress }))
    : replaceByHand(hybrid, "back");
}

export function hybridRollbackNotes({ context, plan, progress }: RollbackContext, hybrid: Hybrid): readonly string[] {
  const stage = stageOf(plan, progress);
  const traffic = "Data planes go on serving all the time; only the configuration cannot be changed.";
  const restored = [
    "`migrations up` was started: it changes data at once, so the old control planes get their own data back instead of running on the changed ones.",
    `Nobody wrote during the freeze, so nothing is lost; what somebody wrote all the same stays readable in the database ${setAsideDatabase(context)}, which nobody drops for you.`,
    traffic,
  ];
  switch (stage) {
    case "untouched":
      return ["Nothing was stopped or changed: going back only lifts the freeze and cleans up."];
    case "stopped":
      return [
        "`migrations up` was not started, so the database needs no restore; its migration state is compared with the facts before any old control plane starts.",
        traffic,
      ];
    case "migrated":
    case "finished":
      return restored;
    case "rolling":
      return [
        "Data planes go back first, control planes last: a control plane must never be older than its data planes.",
        ...(crossesMajor(plan.from, plan.to)
          ? [
              `Between these two, data planes of ${plan.from} get nothing from control planes of ${plan.to}: each starts with the configuration that it cached before the upgrade (data_plane_config_cache_path in its prefix). The check of the first batch shows whether that works, before another node is touched.`,
            ]
          : []),
        ...backNotes(hybrid.dataPlanes, { plan, progress }),
        ...restored,
      ];
    default:
      return unreachable(stage);
  }
}

function checkBothPlanes(hybrid: Hybrid): Step {
  const { whole, controlPlanes } = hybrid;
  return {
    ...lookBack(whole),
    id: "check-both-planes",
    title: `Check that both planes serve ${whole.from} and the data planes follow`,
    why: "Data planes connect to the control planes of their own version again; the smoke tests go through them.",
    proof: [...allServing(controlPlanes, whole.from), ...dataPlanesStill(hybrid, whole.from)],
    source: sources.ltsHybrid,
  };
}

function closeOldHybrid(hybrid: Hybrid): Step {
  const { whole, controlPlanes } = hybrid;
  return {
    ...lookBack(whole),
    id: "close",
    title: `Close: both planes serve ${whole.from}`,
    why: "The last look before the record is closed.",
    targets: nodeNames(whole),
    proof: [
      ...allServing(controlPlanes, whole.from),
      migrations(controlPlanes, ["up_to_date"], whole.from),
      ...dataPlanesStill(hybrid, whole.from),
    ],
    source: sources.ltsHybrid,
  };
}
