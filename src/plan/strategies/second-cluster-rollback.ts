import { unreachable } from "#src/kernel/result.ts";
import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { isTouched } from "#src/plan/progress.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { RollbackContext, Strategy } from "#src/plan/strategy.ts";
import type { Step } from "#src/plan/step.ts";
import { setAsideDatabase } from "#src/plan/steps/backup-layout.ts";
import { allServing, migratingNode, migrations, schemaMetaAsBefore, smoke } from "#src/plan/steps/check-steps.ts";
import { setAside } from "#src/plan/steps/restore-steps.ts";
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
import { citing, sources } from "#src/plan/steps/sources.ts";
import { stageOfSecondCluster } from "./second-cluster-stage.ts";
import type { SecondClusterStage } from "./second-cluster-stage.ts";
import { secondClusterWayBack } from "./second-cluster-way-back.ts";

/** Back to an old cluster that keeps data of its own. Those are never touched, so no backup is needed for it. */
export const backToOldCluster: Pick<Strategy, "wayBack" | "refuseRollback" | "rollbackSteps" | "rollbackNotes"> = {
  wayBack: secondClusterWayBack,
  refuseRollback: () => [],
  rollbackSteps: secondClusterRollbackSteps,
  rollbackNotes: secondClusterRollbackNotes,
};

/**
 * The way back to an old cluster that keeps data of its own: it is made to serve again where it was stopped, gets all
 * traffic, and only then the new cluster is stopped. No data are restored; nothing is undone that was not done.
 */
function secondClusterRollbackSteps(rollback: RollbackContext): readonly Step[] {
  const { context, plan, progress } = rollback;
  const stage = stageOfSecondCluster(plan, progress);
  const isOldDown = stage === "stopped" || stage === "removed";
  const test = smoke(context, context.from, "roll_back");
  return [
    ...(stage === "removed" ? reinstallOld(context) : []),
    ...(isOldDown ? [checkOldData(context), ...startOld(context, stoppedOld(rollback))] : []),
    checkOldServes(context),
    ...trafficBack(stage, test, shiftBack(context)),
    ...stopGreen(rollback, {
      why: "All traffic is on the old cluster, and whatever still used this node shows now.",
      precheck: allServing(context, context.from),
    }),
    ...keepGreenDatabase(rollback),
    ...dropScratchLeft(rollback),
    ...thawBoth(rollback),
    ...citing(sources.dualCluster, [closeOld(context)]),
  ];
}

/** Nodes that never stopped serving get the traffic at once; those that were started again are tried first. */
function trafficBack(stage: SecondClusterStage, test: Step, shift: Step): readonly Step[] {
  switch (stage) {
    case "untouched":
      return [];
    case "shifted":
      return [shift, test];
    case "stopped":
    case "removed":
      return [test, shift];
    default:
      return unreachable(stage);
  }
}

/** What this way back costs, for the plan. */
function secondClusterRollbackNotes({ context, plan, progress }: RollbackContext): readonly string[] {
  const stage = stageOfSecondCluster(plan, progress);
  const kept = isTouched(progress, "green-provision")
    ? ["The hosts, packages and configuration files of the new cluster stay for the next attempt."]
    : [];
  const { cassandra, green } = context.environment;
  const isKeyspaceMade = isTouched(progress, "green-migrations-bootstrap") && green?.database === undefined;
  const keyspace =
    cassandra !== undefined && isKeyspaceMade
      ? ["The new keyspace stays as it is: drop it by hand before the next attempt, and not the old one."]
      : [];
  const database = hasOwnDatabase(context, progress)
    ? [`The new cluster's database is kept as ${setAsideDatabase(greenContext(context))}; nobody drops it for you.`]
    : isTouched(progress, "green-create-database")
      ? [
          "Whether the new cluster's database was created is not known, so it is left alone: look at it, and drop it by hand before the next attempt.",
        ]
      : keyspace;
  switch (stage) {
    case "untouched":
      return ["No traffic was sent to the new cluster, and the old one was not touched.", ...kept, ...database];
    case "shifted":
      return [
        "The old cluster still runs on its own data, so traffic goes back without downtime and without a restore.",
        "Tokens, sessions and counters that only the new cluster wrote stay behind in its own data.",
        ...kept,
        ...database,
      ];
    case "stopped":
    case "removed":
      return [
        "The new cluster serves until the old nodes run again and answer the smoke tests; no data are restored.",
        ...(stage === "removed"
          ? [
              "Decommissioning was begun: where hosts of the old cluster are gone, make them again before the first step.",
            ]
          : []),
        "Whatever was written to the new cluster meanwhile stays behind in its own data.",
        ...kept,
        ...database,
      ];
    default:
      return unreachable(stage);
  }
}

function checkOldData(context: PlanContext): Step {
  const { database } = context.environment;
  const proof: readonly Probe[] =
    database === undefined
      ? [migrations(context, ["up_to_date"], context.from)]
      : [
          schemaMetaAsBefore(context, database.name),
          { kind: "migration_lock_free" },
          migrations(context, ["up_to_date"], context.from),
        ];
  return {
    ...lookBack(context),
    id: "check-old-data",
    source: sources.dualCluster,
    title: `Check that ${context.from} finds its own data as they were`,
    why: "Nothing of this upgrade wrote there; this proves it before an old node starts.",
    targets: [database === undefined ? migratingNode(context).name : "database"],
    proof,
  };
}

/** Only what this upgrade surely created is renamed: a database that was there before is nobody's to move. */
function keepGreenDatabase({ context, progress }: RollbackContext): readonly Step[] {
  if (!hasOwnDatabase(context, progress)) return [];
  const green = greenContext(context);
  return [
    {
      ...setAside(green),
      id: "green-set-aside-database",
      title: `Keep the new cluster's database as ${setAsideDatabase(green)}`,
      why: "It is renamed, not dropped: what was written there can still be read, and the next attempt finds its name free. Sessions that are left are ended, or the rename fails.",
    },
  ];
}

function hasOwnDatabase({ environment }: PlanContext, progress: RollbackContext["progress"]): boolean {
  return environment.green?.database !== undefined && progress.done.includes("green-create-database");
}
