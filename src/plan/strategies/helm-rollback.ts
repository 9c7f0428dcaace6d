import { unreachable } from "#src/kernel/result.ts";
import { allReleases, clusterOf, idOf } from "#src/plan/cluster.ts";
import type { Cluster } from "#src/plan/cluster.ts";
import { doNotUnderstand, oldPodsUnderstand } from "#src/plan/old-pods.ts";
import type { HelmRelease } from "#src/plan/kubernetes.ts";
import type { Plan } from "#src/plan/plan.ts";
import { isTouched, nameBackup } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import type { RollbackContext } from "#src/plan/strategy.ts";
import type { Step } from "#src/plan/step.ts";
import type { WayBack } from "#src/plan/way-back.ts";
import { setAsideDatabase } from "#src/plan/steps/backup-layout.ts";
import { closeCluster, lookAtCluster, smokeByHand } from "#src/plan/steps/cluster-checks.ts";
import { thawCluster } from "#src/plan/steps/cluster-freeze.ts";
import { restoreCluster } from "#src/plan/steps/cluster-restore.ts";
import { rollBackRelease } from "#src/plan/steps/release-rollback.ts";
import { dropScratchLeft } from "#src/plan/steps/roll-back-steps.ts";
import { rolledOut } from "#src/plan/cluster.ts";
import { helmStageOf } from "./helm-stage.ts";

/** Whether only the backup brings the old version back from here. */
function needsRestore(plan: Plan, progress: Progress): boolean {
  const stage = helmStageOf(plan, progress);
  return stage === "finished" || (stage === "migrated" && !oldPodsUnderstand(plan.from, plan.to));
}

/** How to go back from each stage of an upgrade by Helm, and the price. */
export function helmWayBack(plan: Plan, progress: Progress): WayBack {
  const stage = helmStageOf(plan, progress);
  if (needsRestore(plan, progress)) return restoreWayBack(plan, progress);
  switch (stage) {
    case "untouched":
      return {
        sentence: "No release was changed: allow configuration writes again and stop here",
        price: "costs nothing",
        isRestoreNeeded: false,
      };
    case "chart":
    case "replaced":
      return {
        sentence: "`helm rollback` of what was changed, to the revisions of before",
        price: "costs another replacement of the pods, but no data",
        isRestoreNeeded: false,
      };
    case "migrated":
      return {
        sentence: `\`helm rollback\`: pods of ${plan.from} serve on the migrated database`,
        price:
          "no data and no downtime, but the database keeps the new schema: another attempt is refused until the backup is restored",
        isRestoreNeeded: false,
      };
    case "finished":
      return restoreWayBack(plan, progress);
    default:
      return unreachable(stage);
  }
}

function restoreWayBack({ from }: Plan, progress: Progress): WayBack {
  return {
    sentence: `Stop all pods, restore the backup into a fresh database, then \`helm rollback\` to ${from}; the upgraded database is kept under another name`,
    price: `downtime until the restore is proven, an approval, and everything written since ${nameBackup(progress)} is lost`,
    isRestoreNeeded: true,
  };
}

/** Without a backup nothing brings the old data back. */
export function refuseHelmRollback({ plan, progress }: RollbackContext): readonly PlanRefusal[] {
  if (!needsRestore(plan, progress) || progress.done.includes("backup-database")) return [];
  return [
    {
      code: "no_backup",
      sentence: "the database was changed, and no proven backup of this upgrade exists",
      help: "restore by hand from another backup, or go on with the new version",
    },
  ];
}

/** The way back from exactly this point: data planes first, then the releases on the database, the last upgraded first. */
export function helmRollbackSteps(rollback: RollbackContext): readonly Step[] {
  const { context, plan, progress } = rollback;
  const cluster = clusterOf(context);
  const changed = changedReleases(cluster, progress);
  const closing = [
    ...dropLeftovers(rollback, cluster),
    ...thawed(cluster, progress),
    closeCluster(cluster, context.from, "roll_back"),
  ];
  if (changed.length === 0) return [checkStillRunning(cluster), ...closing];
  const [following, leading] = [
    changed.filter((release) => cluster.following.includes(release)),
    changed.filter((release) => cluster.leading.includes(release)),
  ];
  const smoke = smokeByHand(cluster, { id: "smoke", version: context.from, phase: "roll_back" });
  const dataPlanes = following.flatMap((release) => rollBackRelease(cluster, release, "running"));
  return needsRestore(plan, progress)
    ? [...withRestore(cluster, dataPlanes), smoke, ...closing]
    : [...dataPlanes, ...leading.flatMap((release) => rollBackRelease(cluster, release, "running")), smoke, ...closing];
}

/** The backup is read before anything goes back; every release on the database has to stop for the restore. */
function withRestore(cluster: Cluster, dataPlanes: readonly Step[]): readonly Step[] {
  const [checkBackup, ...restore] = restoreCluster(cluster, cluster.leading.toReversed());
  return [...(checkBackup === undefined ? [] : [checkBackup]), ...dataPlanes, ...restore];
}

/** Releases that a step changed or may have changed, the last upgraded first. */
function changedReleases(cluster: Cluster, progress: Progress): readonly HelmRelease[] {
  return allReleases(cluster)
    .filter(
      (release) => isTouched(progress, `chart-${idOf(release)}`) || isTouched(progress, `upgrade-${idOf(release)}`),
    )
    .toReversed();
}

export function helmRollbackNotes({ context, plan, progress }: RollbackContext): readonly string[] {
  const stage = helmStageOf(plan, progress);
  const since = nameBackup(progress);
  const isReachable = context.environment.database !== undefined;
  if (needsRestore(plan, progress)) {
    return [
      stage === "finished"
        ? "`finish` was started: pods of the old version must not run on this database any more."
        : `\`up\` was started, and pods of ${plan.from} ${doNotUnderstand(plan.from, plan.to)} what it changes: they get their own data back.`,
      `Everything written since ${since} is lost to Kong.${isReachable ? ` It stays readable in the database ${setAsideDatabase(context)}, which nobody drops for you.` : ""}`,
      "Pods on the database serve nothing from their stop until the old ones are ready.",
    ];
  }
  switch (stage) {
    case "untouched":
      return ["No release was changed: going back only lifts the freeze and cleans up."];
    case "chart":
      return ["Only charts were changed; `helm rollback` brings them back. The database was not touched."];
    case "replaced":
      return ["Pods are replaced once more; there is no database, so no data can be lost."];
    case "migrated":
    case "finished":
      return [
        `\`helm rollback\` brings back pods only. The database stays migrated, which pods of ${plan.from} understand.`,
        "Migrations stay pending, so another plan is refused until the backup is restored. As long as nobody writes, that loses nothing: think of it before writes are allowed again.",
      ];
    default:
      return unreachable(stage);
  }
}

function checkStillRunning(cluster: Cluster): Step {
  const { context } = cluster;
  return {
    ...lookAtCluster(cluster, "roll_back"),
    id: "check-still-serving",
    title: `Check that every pod still runs ${context.from}`,
    why: "No release was changed; this proves it.",
    proof: rolledOut(allReleases(cluster), context.from),
    wayBack: "Nothing was changed.",
  };
}

function dropLeftovers(rollback: RollbackContext, { database }: Cluster): readonly Step[] {
  return database === "reachable" ? dropScratchLeft(rollback) : [];
}

/** What the freeze stopped, as far as it got. */
function thawed(cluster: Cluster, progress: Progress): readonly Step[] {
  const stopped = { "start-controller": "stop-controller", unfreeze: "freeze" } as const;
  return thawCluster(cluster, cluster.context.from, "roll_back").filter(({ id }) =>
    id === "start-controller" || id === "unfreeze" ? isTouched(progress, stopped[id]) : true,
  );
}
