import type { Finding } from "#src/kong/finding.ts";
import { allReleases } from "#src/plan/cluster.ts";
import type { Cluster } from "#src/plan/cluster.ts";
import type { Step } from "#src/plan/step.ts";
import { acknowledge } from "#src/plan/steps/acknowledge-step.ts";
import { backupCluster, baselineCluster } from "#src/plan/steps/cluster-backup.ts";
import {
  checkBeforeFinish,
  checkBeforeUp,
  closeCluster,
  preflightCluster,
  releaseNames,
  smokeByHand,
  soakCluster,
  stillServingByHand,
  verifyCluster,
} from "#src/plan/steps/cluster-checks.ts";
import { freezeCluster, thawCluster } from "#src/plan/steps/cluster-freeze.ts";
import {
  applyDefinitions,
  deleteOldJobs,
  enterpriseValues,
  finishRelease,
  upgradeChart,
  upgradeRelease,
  valuesInGit,
} from "#src/plan/steps/helm-steps.ts";
import { recordFingerprint } from "#src/plan/steps/migration-steps.ts";
import { changesEdition } from "./edition-change.ts";

/** What differs between one release and several of them. */
export interface HelmWay {
  readonly cluster: Cluster;
  /** The document that says which release runs `finish`. */
  readonly finishSource: string;
}

/**
 * Releases on one database: the first one migrates, the others follow, and the last one finishes when people have looked.
 * Data planes come after that: they refuse a whole configuration of which a part still has a form that only `finish`
 * converts.
 */
export function helmReleaseSteps({ cluster, finishSource }: HelmWay, findings: readonly Finding[]): readonly Step[] {
  const { context, following, database } = cluster;
  return [
    preflightCluster(cluster),
    ...freezeCluster(cluster),
    ...(changesEdition(context) ? [enterpriseValues(cluster)] : []),
    ...baselineCluster(cluster),
    ...backupCluster(cluster),
    ...inCluster(
      cluster,
      acknowledge(context, findings, "This is the last moment to repair them while every pod is as it was."),
    ),
    ...deleteOldJobs(cluster),
    ...applyDefinitions(cluster),
    ...allReleases(cluster).flatMap((release) => upgradeChart(cluster, release)),
    ...(database === "none" ? [] : [checkBeforeUp(cluster)]),
    ...upgradeLeading(cluster),
    ...testAndFinish(cluster, finishSource),
    ...(following.length === 0 ? [] : dataPlanes(cluster)),
    verifyCluster(cluster),
    valuesInGit(cluster),
    ...thawCluster(cluster, context.to, "close"),
    closeCluster(cluster, context.to, "close"),
  ];
}

/** No node is named in these environments; the releases are what a step is about. */
function inCluster(cluster: Cluster, steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => Object.assign({}, step, { targets: releaseNames(cluster) }));
}

/** The first release migrates; all others find a database that is migrated. */
function upgradeLeading(cluster: Cluster): readonly Step[] {
  const [first, ...others] = cluster.leading;
  if (first === undefined) return [];
  return [
    upgradeRelease(cluster, first, "up"),
    ...(cluster.database === "reachable" ? [recordFingerprint(cluster.context, "up")] : []),
    ...others.map((release) => upgradeRelease(cluster, release, "nothing")),
  ];
}

function testAndFinish(cluster: Cluster, finishSource: string): readonly Step[] {
  const { context, following } = cluster;
  const tests =
    following.length > 0
      ? [stillServingByHand(cluster)]
      : [smokeByHand(cluster, { id: "smoke", version: context.to, phase: "verify" }), soakCluster(cluster)];
  const finish = finishSteps(cluster, finishSource);
  return context.options.order === "documented" ? [...finish, ...tests] : [...tests, ...finish];
}

function finishSteps(cluster: Cluster, source: string): readonly Step[] {
  const { context, leading, database } = cluster;
  const last = leading.at(-1);
  if (database === "none" || last === undefined) return [];
  return [
    checkBeforeFinish(cluster),
    finishRelease(cluster, last, source),
    ...(database === "reachable" ? [recordFingerprint(context, "finish")] : []),
  ];
}

function dataPlanes(cluster: Cluster): readonly Step[] {
  const { context, following } = cluster;
  return [
    ...following.map((release) => upgradeRelease(cluster, release, "nothing")),
    smokeByHand(cluster, { id: "smoke-data-planes", version: context.to, phase: "verify" }),
    soakCluster(cluster),
  ];
}
