import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import { allReleases, revisionOf } from "#src/plan/cluster.ts";
import type { Cluster } from "#src/plan/cluster.ts";
import { doNotUnderstand, oldPodsUnderstand } from "#src/plan/old-pods.ts";
import { changesEdition, clusterEditionNotes } from "./edition-change.ts";
import { crossesMajor } from "./control-plane-first-notes.ts";

/** What an upgrade by Helm costs, and what it does not look at. */
export function helmNotes(cluster: Cluster): readonly string[] {
  const { kubernetes, leading, following, database, context } = cluster;
  const { context: cluster_, namespace } = kubernetes;
  return [
    ...(changesEdition(context) ? clusterEditionNotes(context) : []),
    `Every command names the context ${cluster_} and the namespace ${namespace}. Chart and Kong change in separate upgrades.`,
    ...(database === "none"
      ? [
          "No database: no migration job runs, pods are replaced as their workload says, and going back is `helm rollback`. The values files are those of the new version: a declarative configuration in them has to be converted before this plan starts.",
        ]
      : migrationNotes(cluster)),
    ...(following.length === 0
      ? []
      : [
          `Control plane first (${leading.map(({ name }) => name).join(", ")}), then the data planes (${following.map(({ name }) => name).join(", ")}): \`finish\` runs between the two, since a data plane refuses a configuration of which a part waits for it.`,
          ...(crossesMajor(context.from, context.to)
            ? [
                `Data planes of ${context.from} get nothing from control planes of ${context.to}: a pod of theirs that is replaced in between starts without a configuration. Keep this time short and drain no machine.`,
              ]
            : []),
        ]),
    ...(allReleases(cluster).every((release) => revisionOf(cluster, release) !== undefined)
      ? []
      : ["The survey did not tell the revisions of the releases, so a person has to look them up to go back."]),
  ];
}

function migrationNotes({ context, database }: Cluster): readonly string[] {
  const { from, to, options } = context;
  const target = parseVersion(to);
  return [
    options.order === "documented"
      ? "Order as Kong documents it: `finish` runs right after the rollout, before anybody has tested."
      : "Order: `up` and the rollout, tests, approval, then `finish` in an upgrade of its own. Kong's documents join them in one command, whose job of `finish` may run without anybody having looked.",
    "The job of `up` works while the old pods serve. The values may say what they want about migration jobs: every command sets them.",
    oldPodsUnderstand(from, to)
      ? `Before \`finish\` going back is \`helm rollback\` alone: pods of ${from} serve on the migrated database. The database keeps the new schema, though, and another attempt is refused until the backup is restored.`
      : `Pods of ${from} ${doNotUnderstand(from, to)} what \`up\` of ${to} changes: requests may fail between the job and their replacement, and going back needs the backup even before \`finish\`.`,
    ...(target !== undefined && isAtLeast(target, "3.7")
      ? [
          "The chart's job runs `kong migrations up` without a time limit of its own, and from 3.7 on each statement then gets pg_timeout, 5 s by default: set env.pg_timeout in the values where tables are large.",
        ]
      : []),
    ...(database === "elsewhere"
      ? [
          "The runner cannot reach the database: a person dumps it, and nobody but people notices writes during the freeze.",
        ]
      : []),
  ];
}
