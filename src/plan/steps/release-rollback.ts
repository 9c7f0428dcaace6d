import { idOf, revisionOf, rolledOut } from "#src/plan/cluster.ts";
import type { Cluster } from "#src/plan/cluster.ts";
import type { HelmRelease } from "#src/plan/kubernetes.ts";
import type { Command, Step } from "#src/plan/step.ts";
import { releaseFile } from "./backup-layout.ts";
import { lookAtCluster } from "./cluster-checks.ts";
import { helmRollback, helmWords, kubectlWords, noActiveJobs } from "./cluster-commands.ts";
import { upgrading } from "./helm-steps.ts";
import { runnerCommand } from "./postgres-command.ts";
import { sources } from "./sources.ts";

/** Whether pods can be stopped by asking for none; a DaemonSet runs one per machine. */
export function isScalable({ workload }: HelmRelease): boolean {
  return !workload.toLowerCase().startsWith("daemonset");
}

/** A release back where it was; by hand where the survey could not tell the revision. */
export function rollBackRelease(cluster: Cluster, release: HelmRelease, pods: "running" | "stopped"): readonly Step[] {
  const { context, kubernetes } = cluster;
  const revision = revisionOf(cluster, release);
  const timeoutMs = context.environment.timeouts.migrationsMs;
  const shared = {
    ...upgrading(cluster, release),
    id: `rollback-${idOf(release)}`,
    phase: "roll_back",
    // Helm left in the middle of an upgrade takes a rollback, and only that.
    precheck: noActiveJobs(kubernetes, [release]),
    title: `Bring ${release.name} back to ${revision === undefined ? `its revision with ${context.from}` : `revision ${revision}`}`,
    isIdempotent: true,
    wayBack: "Helm keeps the revision that it leaves: `helm rollback` returns to that one too.",
    source: sources.helmRollback,
  } as const satisfies Partial<Step>;
  const check = {
    ...lookAtCluster(cluster, "roll_back"),
    id: `check-${idOf(release)}`,
    title: `Check that ${release.name} runs ${context.from}`,
    why: "A person rolled it back, and this proves it.",
    targets: [release.name],
    proof: rolledOut([release], context.from),
  } as const satisfies Step;
  if (revision === undefined) {
    const words = helmWords(kubernetes, ["rollback", release.name, "REVISION", "--wait"]);
    return [
      {
        ...shared,
        why: "The survey could not tell the revision of before, so a person looks it up: a wrong one would bring the new image back.",
        action: {
          kind: "manual",
          instruction: `In ${releaseFile(context, release, "history")} look up the last revision before this upgrade, then run \`${words.join(" ")}\`${pods === "stopped" ? ", and see that pods start" : ""}.`,
          button: "It is rolled back",
        },
        proof: [],
      },
      check,
    ];
  }
  const command = helmRollback(kubernetes, release, { revision, timeoutMs });
  return [
    pods === "stopped" && isScalable(release)
      ? {
          ...shared,
          why: "Chart, values and image as they were; no migration job runs. Helm brings the number of pods back too, but where an autoscaler decides it there are still 0, and it does nothing as long as there are: then one is asked for.",
          action: { kind: "commands", exitStatus: "proof_decides", commands: [command, firstPod(cluster, release)] },
          proof: rolledOut([release], context.from),
        }
      : {
          ...shared,
          why: "Chart, values and image as they were. A rollback runs no migration job; it does not change the database.",
          action: { kind: "commands", commands: [command] },
          proof: rolledOut([release], context.from),
        },
  ];
}

/** Fails, and changes nothing, where pods are asked for already. */
function firstPod({ kubernetes }: Cluster, { workload }: HelmRelease): Command {
  return runnerCommand(kubectlWords(kubernetes, ["scale", workload, "--current-replicas=0", "--replicas=1"]));
}
