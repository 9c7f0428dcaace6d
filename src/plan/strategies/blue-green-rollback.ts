import { unreachable } from "#src/kernel/result.ts";
import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { isTouched, nameBackup } from "#src/plan/progress.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import { refuseWithoutBackup } from "#src/plan/refuse-without-backup.ts";
import type { RollbackContext } from "#src/plan/strategy.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import { setAsideDatabase } from "#src/plan/steps/backup-layout.ts";
import { allServing, allStopped, smoke } from "#src/plan/steps/check-steps.ts";
import { stopNode } from "#src/plan/steps/node-steps.ts";
import { checkRestored, restoreKeyring, restoreSteps } from "#src/plan/steps/restore-steps.ts";
import {
  checkOldServes,
  reinstallOld,
  shiftBack,
  startOld,
  stopGreen,
  stoppedOld,
} from "#src/plan/steps/return-steps.ts";
import { closeOld, dropScratchLeft, lookBack } from "#src/plan/steps/roll-back-steps.ts";
import { thawBoth } from "#src/plan/steps/second-cluster-steps.ts";
import { sources } from "#src/plan/steps/sources.ts";
import { stageOfBlueGreen } from "./blue-green-stage.ts";

/** The way back from exactly this point: a shift of traffic while both versions can serve, a restore afterwards. */
export function blueGreenRollbackSteps(rollback: RollbackContext): readonly Step[] {
  const { context, progress } = rollback;
  const stage = stageOfBlueGreen(progress);
  const closing = [...dropScratchLeft(rollback), ...thawBoth(rollback)];
  switch (stage) {
    case "untouched":
      return [...trafficBack(rollback, []), ...stopNew(rollback), ...closing, closeOld(context)];
    case "shared":
      return [
        ...trafficBack(rollback, [smoke(context, context.from, "roll_back")]),
        ...stopNew(rollback),
        ...closing,
        closeShared(context),
      ];
    case "unsettled":
    case "finished":
      return [...restored(rollback), ...closing, closeOld(context)];
    default:
      return unreachable(stage);
  }
}

/** A restore needs a proven backup. */
export function refuseBlueGreenRollback({ progress }: RollbackContext): readonly PlanRefusal[] {
  const stage = stageOfBlueGreen(progress);
  return stage === "unsettled" || stage === "finished" ? refuseWithoutBackup(progress) : [];
}

/** What this way back costs, for the plan. */
export function blueGreenRollbackNotes({ context, progress }: RollbackContext): readonly string[] {
  const stage = stageOfBlueGreen(progress);
  const kept = isTouched(progress, "green-provision")
    ? ["The hosts, packages and configuration files of the new cluster stay for the next attempt."]
    : [];
  const since = nameBackup(progress);
  switch (stage) {
    case "untouched":
      return ["`migrations up` was not started and the old nodes were not touched.", ...kept];
    case "shared":
      return [
        `${context.from} was proven to serve on the migrated database, so traffic goes back without downtime and without a restore.`,
        `The database keeps what \`up\` changed${isTildeAdded(context) ? `. Routes with regular expressions that ${context.from} writes from now on lack the ~ that \`up\` gave the others, and no later \`up\` adds it` : ""}. Restore the backup in a maintenance window before the next attempt; where \`up\` changed anything, planning again is refused until then.`,
        ...kept,
      ];
    case "unsettled":
    case "finished":
      return [
        stage === "finished"
          ? `\`migrations finish\` was started: ${context.from} must not run on this database any more.`
          : `\`migrations up\` was started, and ${context.from} was not proven to serve on what it made: it gets its own data back.`,
        `Everything written since ${since} is lost to Kong. It stays readable in the database ${setAsideDatabase(context)}, which nobody drops for you.`,
        "No request is served from the stop of the last node until the old ones serve again.",
        ...(isTouched(progress, "decommission")
          ? [
              "Decommissioning was begun: where hosts of the old cluster are gone, make them again before the first step.",
            ]
          : []),
        ...kept,
      ];
    default:
      return unreachable(stage);
  }
}

/** `up` of 3.0 and later puts ~ before regex paths (Kong/kong, core migration 016_280_to_300). */
function isTildeAdded({ from, to }: PlanContext): boolean {
  const [old, wanted] = [parseVersion(from), parseVersion(to)];
  return old !== undefined && wanted !== undefined && !isAtLeast(old, "3.0") && isAtLeast(wanted, "3.0");
}

/** Nodes that never stopped serving get the traffic at once; those that were started again are tried first. */
function trafficBack(rollback: RollbackContext, tests: readonly Step[]): readonly Step[] {
  const { context } = rollback;
  const stopped = stoppedOld(rollback);
  const shift = isShifted(rollback) ? [shiftBack(context)] : [];
  return [
    ...rebuilt(rollback),
    ...startOld(context, stopped),
    checkOldServes(context),
    ...(stopped.length > 0 ? [...tests, ...shift] : [...shift, ...tests]),
  ];
}

function stopNew(rollback: RollbackContext): readonly Step[] {
  return stopGreen(rollback, {
    why: "All traffic is on the old cluster, and whatever still used this node shows now.",
    precheck: allServing(rollback.context, rollback.context.from),
  });
}

/** All nodes stop, the backup takes the database's place, the old nodes start on it. */
function restored(rollback: RollbackContext): readonly Step[] {
  const { context } = rollback;
  const { nodes, keyring } = context.environment;
  const newDown = allStopped(greenContext(context));
  const [checkBackup, ...restore] = restoreSteps(context).map((step) =>
    step.id === "set-aside-database" || step.id === "restore-database"
      ? adapted(step, { precheck: [...newDown, ...step.precheck] })
      : step,
  );
  return [
    ...(checkBackup === undefined ? [] : [checkBackup]),
    // While the new cluster still serves; it is the first stop that ends the service.
    ...rebuilt(rollback),
    ...stopGreen(rollback, {
      why: "No node may use the database while the backup takes its place. Clients of this node are not served from here on.",
      precheck: [],
    }),
    ...stopOldLeft(rollback),
    ...restore,
    checkRestored(context),
    ...startOld(context, nodes),
    ...(keyring ? [restoreKeyring(context)] : []),
    // Nothing is served until then, so the traffic does not wait for the tests.
    ...(isShifted(rollback) ? [shiftBack(context)] : []),
    smoke(context, context.from, "roll_back"),
  ];
}

function rebuilt({ context, progress }: RollbackContext): readonly Step[] {
  return isTouched(progress, "decommission") ? reinstallOld(context) : [];
}

/** Old nodes that nobody has surely stopped: they have to be down for the restore. */
function stopOldLeft({ context, progress }: RollbackContext): readonly Step[] {
  return context.environment.nodes
    .filter(({ name }) => !progress.done.includes(`stop-${name}`))
    .map((node) =>
      stopNode(context, node, {
        phase: "roll_back",
        precheck: [],
        wayBack: `Start ${node.name} again; the database was not yet replaced.`,
        source: sources.reinstall,
      }),
    );
}

function isShifted({ plan, progress }: RollbackContext): boolean {
  return plan.steps.some(({ id }) => id.startsWith("shift-") && isTouched(progress, id));
}

function closeShared(context: PlanContext): Step {
  return {
    ...lookBack(context),
    id: "close",
    title: `Close: all nodes serve ${context.from}`,
    why: `The last look before the record is closed. The schema is not asked: it holds what \`up\` of ${context.to} made, which ${context.from} does not see.`,
    proof: [...allServing(context, context.from), { kind: "migration_lock_free" }],
    source: sources.sharedDatabase(3),
  };
}
