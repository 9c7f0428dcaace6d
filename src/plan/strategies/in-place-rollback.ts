import { databaseOf } from "#src/plan/databases-of.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import { refuseWithoutBackup } from "#src/plan/refuse-without-backup.ts";
import { isTouched, nameBackup } from "#src/plan/progress.ts";
import type { RollbackContext } from "#src/plan/strategy.ts";
import type { Step } from "#src/plan/step.ts";
import { declarativeFile, setAsideDatabase } from "#src/plan/steps/backup-layout.ts";
import { allServing, migrations, schemaMetaAsBefore, smoke } from "#src/plan/steps/check-steps.ts";
import { configureOld } from "#src/plan/steps/configure-steps.ts";
import { install, startNode, stopNode } from "#src/plan/steps/node-steps.ts";
import { checkRestored, restoreFiles, restoreKeyring, restoreSteps } from "#src/plan/steps/restore-steps.ts";
import { closeOld, dropScratchLeft, lookBack, thaw } from "#src/plan/steps/roll-back-steps.ts";
import { sources } from "#src/plan/steps/sources.ts";
import { stageOf } from "./in-place-stage.ts";

/** The way back from exactly this point: nothing is undone that was not done. */
export function inPlaceRollbackSteps(rollback: RollbackContext): readonly Step[] {
  const { context, plan, progress } = rollback;
  const isUndone = stageOf(plan, progress) !== "untouched";
  return [
    ...undoInPlace(rollback),
    ...(isUndone ? [smoke(context, context.from, "roll_back")] : []),
    ...dropScratchLeft(rollback),
    ...thaw(rollback),
    closeOld(context),
  ];
}

/** Nodes, packages and database as they were; what is tested afterwards is for the strategy to say. */
export function undoInPlace(rollback: RollbackContext): readonly Step[] {
  const { context, plan, progress } = rollback;
  const stage = stageOf(plan, progress);
  switch (stage) {
    case "untouched":
      return [checkStillServing(context)];
    case "stopped":
      return [checkDatabaseUntouched(context), ...reinstall(rollback), ...startOld(rollback)];
    case "migrated":
    case "finished": {
      const [checkBackup, ...restore] = restoreSteps(context);
      return [
        ...(checkBackup === undefined ? [] : [checkBackup]),
        ...stopNew(rollback),
        ...restore,
        ...reinstall(rollback),
        checkRestored(context),
        ...startOld(rollback),
        ...(context.environment.keyring ? [restoreKeyring(context)] : []),
      ];
    }
    default:
      return unreachable(stage);
  }
}

/** Without a proven backup nothing brings the old data back. */
export function refuseInPlaceRollback({ plan, progress }: RollbackContext): readonly PlanRefusal[] {
  const stage = stageOf(plan, progress);
  return stage === "migrated" || stage === "finished" ? refuseWithoutBackup(progress) : [];
}

/** What this way back costs, for the plan. */
export function inPlaceRollbackNotes({ context, plan, progress }: RollbackContext): readonly string[] {
  const stage = stageOf(plan, progress);
  const since = nameBackup(progress);
  switch (stage) {
    case "untouched":
      return ["No node was stopped and the database was not changed: this only lifts the freeze and cleans up."];
    case "stopped":
      return [
        "`migrations up` was not started, so the database needs no restore; its migration state is compared with the facts before any old node starts.",
      ];
    case "migrated":
    case "finished":
      return [
        stage === "finished"
          ? "`migrations finish` was started: the old version must not run on this database any more."
          : "`migrations up` was started: it changes data at once, so the old version gets its own data back instead of running on the changed ones.",
        `Everything written since ${since} is lost to Kong. It stays readable in the database ${setAsideDatabase(context)}, which nobody drops for you.`,
        "No request is served from the stop of the new nodes until the old ones start.",
        `Should the restore fail, ${declarativeFile(context)} is the second way: an empty database, \`kong migrations bootstrap\` of ${context.from} and \`kong config db_import\` of that file. RBAC, admins, keyring and licence are not in it; they are set by hand (Kong Enterprise LTS 2.8 to 3.4 upgrade guide, Database backup).`,
      ];
    default:
      return unreachable(stage);
  }
}

function checkStillServing(context: PlanContext): Step {
  return {
    ...lookBack(context),
    id: "check-still-serving",
    title: `Check that all nodes still serve ${context.from}`,
    why: "Nothing was stopped; this proves it.",
    proof: [...allServing(context, context.from), migrations(context, ["up_to_date"], context.from)],
  };
}

function checkDatabaseUntouched(context: PlanContext): Step {
  return {
    ...lookBack(context),
    id: "check-database-untouched",
    title: "Check that the database is as it was",
    why: "The old nodes may only start without a restore if no migration has changed anything. Configuration that somebody wrote meanwhile is the old version's own and stays.",
    targets: ["database"],
    proof: [schemaMetaAsBefore(context, databaseOf(context.environment).name), { kind: "migration_lock_free" }],
  };
}

function stopNew({ context, progress }: RollbackContext): readonly Step[] {
  const begun = context.environment.nodes.filter((node) => isTouched(progress, `start-${node.name}`));
  return begun.map((node) =>
    stopNode(context, node, {
      phase: "roll_back",
      precheck: [],
      wayBack: `Start ${node.name} again with ${context.to}; the database was not yet replaced.`,
      source: sources.reinstall,
    }),
  );
}

function reinstall({ context, plan, progress }: RollbackContext): readonly Step[] {
  if (!isTouched(progress, "install")) return [];
  return [
    install(
      context,
      { version: context.from, from: context.to },
      {
        phase: "roll_back",
        precheck: [],
        wayBack: `Install ${context.to} again.`,
        source: sources.reinstall,
      },
    ),
    ...configureOld(
      context,
      { id: "configure", phase: "roll_back", version: context.from, from: context.to },
      { plan, progress },
    ),
    ...restoreFiles(context),
  ];
}

function startOld({ context, progress }: RollbackContext): readonly Step[] {
  const stopped = context.environment.nodes.filter((node) => isTouched(progress, `stop-${node.name}`));
  return stopped.map((node) =>
    startNode(
      context,
      { node, version: context.from },
      {
        phase: "roll_back",
        precheck: [migrations(context, ["up_to_date"], context.from)],
        wayBack: `Stop ${node.name} again.`,
        source: sources.reinstall,
      },
    ),
  );
}
