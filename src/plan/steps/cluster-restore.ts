import { idOf, lockFree, migrationsInCluster } from "#src/plan/cluster.ts";
import type { Cluster } from "#src/plan/cluster.ts";
import type { HelmRelease } from "#src/plan/kubernetes.ts";
import type { Step } from "#src/plan/step.ts";
import { dumpFile } from "./backup-layout.ts";
import { kongDatabase, schemaMetaAsBefore } from "./check-steps.ts";
import { lookAtCluster } from "./cluster-checks.ts";
import { kubectlWords, noActiveJobs, replicas } from "./cluster-commands.ts";
import { isScalable, rollBackRelease } from "./release-rollback.ts";
import { runnerCommand } from "./postgres-command.ts";
import { restoreKeyring, restoreSteps } from "./restore-steps.ts";
import { sources } from "./sources.ts";

/** The old data in an empty database and the old pods on it; nothing serves in between. */
export function restoreCluster(cluster: Cluster, releases: readonly HelmRelease[]): readonly Step[] {
  const { context } = cluster;
  const [checkBackup, ...restore] = cluster.database === "reachable" ? restoreSteps(context) : restoreByHand(cluster);
  return [
    ...(checkBackup === undefined ? [] : [checkBackup]),
    ...releases.map((release) => scaleDown(cluster, release)),
    ...restore.map((step) => withoutSessions(cluster, step)),
    ...releases.flatMap((release) => rollBackRelease(cluster, release, "stopped")),
    checkRestoredCluster(cluster),
    ...(context.environment.keyring ? [{ ...restoreKeyring(context), targets: releases.map(({ name }) => name) }] : []),
  ];
}

function scaleDown(cluster: Cluster, release: HelmRelease): Step {
  const { context, kubernetes } = cluster;
  const { name, workload } = release;
  const shared = {
    ...lookAtCluster(cluster, "roll_back"),
    id: `stop-${idOf(release)}`,
    title: `Stop every pod of ${name}`,
    why: "No pod may use the database while it is replaced. Clients of this release are not served from here on.",
    class: "disruptive",
    targets: [name],
    precheck: noActiveJobs(kubernetes, [release]),
    wayBack: `Roll ${name} out again with ${context.to}; the database was not yet replaced.`,
    source: sources.chart,
  } as const satisfies Partial<Step>;
  if (!isScalable(release)) {
    return {
      ...shared,
      action: {
        kind: "manual",
        instruction: `Stop all pods of ${workload}, which cannot be scaled: give it a node selector that no node has, and wait until no pod of it is left.`,
        button: "No pod is left",
      },
      proof: [],
    };
  }
  return {
    ...shared,
    action: {
      kind: "commands",
      commands: [runnerCommand(kubectlWords(kubernetes, ["scale", workload, "--replicas=0"]))],
    },
    proof: [replicas(kubernetes, { workload, count: 0, part: "status" })],
  };
}

/** No node stands in these environments whose end could be asked for, so the database itself is asked. */
function withoutSessions({ database }: Cluster, step: Step): Step {
  return database === "reachable" && (step.id === "set-aside-database" || step.id === "restore-database")
    ? { ...step, precheck: [...step.precheck, { kind: "no_kong_sessions" }] }
    : step;
}

/** In the order of the runner's own restore: the dump is read first, then a person does the rest. */
function restoreByHand(cluster: Cluster): readonly Step[] {
  const { context, kubernetes } = cluster;
  const file = dumpFile(context);
  const restore = kubectlWords(kubernetes, ["exec", "-i", "POD", "--", "pg_restore", "-U", "kong", "-d", "kong"]);
  return [
    {
      ...lookAtCluster(cluster, "roll_back"),
      id: "check-backup",
      title: "Check that the backup can be read",
      why: "Looked at before anything is stopped or moved.",
      targets: ["runner"],
      proof: [{ kind: "archive_readable", file }],
      wayBack: "Nothing was changed.",
      source: sources.ltsRollback,
    },
    {
      ...lookAtCluster(cluster, "roll_back"),
      id: "restore-database",
      title: "Restore the backup into an empty database",
      why: "The runner has no access to the database. From here Kong's configuration is that of the backup; what was written since stays only in the database that was renamed.",
      class: "irreversible",
      action: {
        kind: "manual",
        instruction: `Whoever runs Kong's PostgreSQL: see that no session of Kong's role is left, rename the database kong (to kong_upgraded), create an empty one of the same name and owner, and restore \`${file}\` into it: \`${restore.join(" ")} --exit-on-error --single-transaction --no-owner < ${file}\`. Never with --clean over the upgraded one.`,
        button: "It is restored",
      },
      targets: ["database"],
      proof: [],
      wayBack:
        "The upgraded database still lies under its new name; returning to it means the new image and a rename by hand.",
      source: sources.restoreIntoEmpty,
    },
  ];
}

function checkRestoredCluster(cluster: Cluster): Step {
  const { context, database } = cluster;
  return {
    ...lookAtCluster(cluster, "roll_back"),
    id: "check-restored",
    title: `Check that ${context.from} finds its own schema`,
    why: "An old `kong` calls a newer schema up to date without a word, so the names in `schema_meta` are compared literally where the runner can read them.",
    proof: [
      ...migrationsInCluster(cluster, ["up_to_date"]),
      ...(database === "reachable" ? [schemaMetaAsBefore(context, kongDatabase(context).name)] : []),
      ...lockFree(cluster),
    ],
    wayBack: "Nothing was changed.",
    source: sources.migrations,
  };
}
