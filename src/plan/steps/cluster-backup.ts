import { allReleases, nobodyWrote, rolledOut } from "#src/plan/cluster.ts";
import type { Cluster } from "#src/plan/cluster.ts";
import { tellsTraffic } from "#src/plan/environment.ts";
import type { Step } from "#src/plan/step.ts";
import { backupFolder, dumpFile, releaseFile } from "./backup-layout.ts";
import { baseline, dropScratch, dumpDatabase, exportKeyring, makeFolder, proveBackup } from "./backup-steps.ts";
import { lookAtCluster, releaseNames } from "./cluster-checks.ts";
import { helmWords, kubectlWords, savedAs } from "./cluster-commands.ts";
import { sources } from "./sources.ts";

/** Measures what can be measured before anything is touched; no step where there is nothing. */
export function baselineCluster(cluster: Cluster): readonly Step[] {
  const { context } = cluster;
  const isCounted = cluster.database === "reachable";
  if (!isCounted && !tellsTraffic(context.environment)) return [];
  return [
    {
      ...baseline(context),
      ...(isCounted
        ? {}
        : {
            title: "Measure the share of failed requests",
            why: "Later steps compare with it: whether the new version fails more requests.",
          }),
      targets: isCounted ? ["database", ...releaseNames(cluster)] : releaseNames(cluster),
      proof: rolledOut(allReleases(cluster), context.from),
      source: sources.helm,
    },
  ];
}

/** Values, history and database; what the runner cannot reach, a person saves. */
export function backupCluster(cluster: Cluster): readonly Step[] {
  const { context, database } = cluster;
  const keyring = context.environment.keyring ? [exportKeyring(context)] : [];
  const folder = [makeFolder(context), saveReleases(cluster)];
  switch (database) {
    case "none":
      return folder;
    case "reachable":
      return [...folder, dumpDatabase(context), ...keyring, proveBackup(context), dropScratch(context)];
    case "elsewhere":
      return [...folder, dumpByHand(cluster), checkDump(cluster), ...keyring];
  }
}

function saveReleases(cluster: Cluster): Step {
  const { context, kubernetes } = cluster;
  const releases = allReleases(cluster);
  return {
    ...lookAtCluster(cluster, "back_up"),
    id: "save-releases",
    title: `Save values and history of ${releaseNames(cluster).join(", ")}`,
    why: "What runs may differ from the values files in Git. Helm keeps ten revisions of a release; these files outlive them. They hold secrets, so they are written on the runner and not into the record.",
    action: {
      kind: "commands",
      commands: releases.flatMap((release) => [
        savedAs(
          releaseFile(context, release, "values"),
          helmWords(kubernetes, ["get", "values", release.name, "-o", "yaml"]),
        ),
        savedAs(
          releaseFile(context, release, "history"),
          helmWords(kubernetes, ["history", release.name, "-o", "yaml"]),
        ),
      ]),
    },
    precheck: [{ kind: "files_present", paths: [backupFolder(context)] }],
    proof: [
      {
        kind: "files_present",
        paths: releases.flatMap((release) => [
          releaseFile(context, release, "values"),
          releaseFile(context, release, "history"),
        ]),
      },
    ],
    timeoutMs: context.environment.timeouts.backupMs,
    wayBack: "Kong was not changed; only files were made.",
    source: sources.helm,
  };
}

/** The same id as the runner's own dump: its time is what the way back tells as the time of the backup. */
function dumpByHand(cluster: Cluster): Step {
  const { context, kubernetes } = cluster;
  const file = dumpFile(context);
  const dump = kubectlWords(kubernetes, ["exec", "POD", "--", "pg_dump", "-U", "kong", "-d", "kong", "-F", "c"]);
  return {
    ...lookAtCluster(cluster, "back_up"),
    id: "backup-database",
    title: "Dump Kong's database inside the cluster",
    why: "The runner has no access to the database, so a person dumps it. It is the way back after `kong migrations finish`, and it is read once more before anything changes.",
    action: {
      kind: "manual",
      instruction: `Whoever runs Kong's PostgreSQL: dump it in the custom format into ${file} on the runner, with its own pod, user and database names: \`${dump.join(" ")} > ${file}\`. Then restore it once into an empty scratch database, count routes and services there, and drop that database again.`,
      button: "The dump is there and restores",
    },
    proof: [],
    wayBack: "Kong was not changed; only a file was made.",
    source: sources.ltsBackup,
  };
}

function checkDump(cluster: Cluster): Step {
  const { context } = cluster;
  return {
    ...lookAtCluster(cluster, "back_up"),
    id: "check-dump",
    title: "Check that the dump can be read",
    why: "An empty or cut file looks like a backup until it is needed.",
    targets: ["runner"],
    proof: [{ kind: "archive_readable", file: dumpFile(context) }, ...nobodyWrote(cluster)],
    wayBack: "Kong was not changed; only a file was made.",
    source: sources.ltsBackup,
  };
}
