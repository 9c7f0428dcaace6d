import { rolledOut, allReleases } from "#src/plan/cluster.ts";
import type { Cluster } from "#src/plan/cluster.ts";
import type { Step } from "#src/plan/step.ts";
import { lookAtCluster, releaseNames } from "./cluster-checks.ts";
import { controllerOf, kubectlWords, replicas } from "./cluster-commands.ts";
import { freeze, unfreeze } from "./freeze-steps.ts";
import { runnerCommand } from "./postgres-command.ts";
import { sources } from "./sources.ts";

/** Stops all writers: people and pipelines, GitOps, and the ingress controller where it writes into the database. */
export function freezeCluster(cluster: Cluster): readonly Step[] {
  const step = freeze(cluster.context);
  const instruction =
    cluster.database === "none"
      ? "Stop what changes these releases or their configuration: Argo CD or Flux (suspend them for these releases), pipelines, decK jobs, people. The ingress controller stays: new pods get their configuration from it. Say in the team channel that nothing may change."
      : "Stop everything that writes to the Admin API or changes these releases: Argo CD or Flux (suspend them for these releases, or they put the old image back), pipelines, decK jobs, Kong Manager users. Say in the team channel that configuration is frozen.";
  return [
    {
      ...step,
      ...(cluster.database === "reachable"
        ? {}
        : {
            why: "What changes after this is lost if the upgrade goes back, or reaches some pods only. No fingerprint can tell here if somebody wrote: only people can.",
          }),
      targets: releaseNames(cluster),
      ...(step.action.kind === "manual"
        ? { action: { ...step.action, instruction } }
        : { proof: rolledOut(allReleases(cluster), cluster.context.from) }),
      source: sources.helm,
    },
    ...stopController(cluster),
  ];
}

/** Everything that the freeze stopped runs again; `version` is what the pods run by then. */
export function thawCluster(cluster: Cluster, version: string, phase: "close" | "roll_back"): readonly Step[] {
  const step = unfreeze(cluster.context, version, phase);
  const up = rolledOut(allReleases(cluster), version);
  return [
    ...startController(cluster, phase),
    {
      ...step,
      targets: releaseNames(cluster),
      precheck: up,
      ...(step.action.kind === "manual"
        ? {
            action: {
              ...step.action,
              instruction: `Start again what was stopped for the freeze, Argo CD or Flux last. The pods run ${version}: what is synced must be of that version and ask for its image.`,
            },
          }
        : { proof: up }),
      source: sources.helm,
    },
  ];
}

function stopController(cluster: Cluster): readonly Step[] {
  const { kubernetes, database } = cluster;
  const workload = controllerOf(kubernetes);
  if (workload === undefined || database === "none") return [];
  return [
    {
      ...lookAtCluster(cluster, "prepare"),
      id: "stop-controller",
      title: `Scale the ingress controller ${workload} to 0`,
      why: "It writes into Kong's database all the time. While it is away Kong does not learn of services whose pods come and go: keep this short, and deploy nothing behind Kong meanwhile.",
      class: "disruptive",
      action: {
        kind: "commands",
        commands: [runnerCommand(kubectlWords(kubernetes, ["scale", workload, "--replicas=0"]))],
      },
      targets: [workload],
      precheck: [replicas(kubernetes, { workload, count: kubernetes.ingressReplicas ?? 1, part: "spec" })],
      proof: [replicas(kubernetes, { workload, count: 0, part: "status" })],
      wayBack: `Scale ${workload} to ${kubernetes.ingressReplicas ?? 1} again; costs nothing.`,
      source: sources.chart,
    },
  ];
}

function startController(cluster: Cluster, phase: Step["phase"]): readonly Step[] {
  const { kubernetes, database } = cluster;
  const workload = controllerOf(kubernetes);
  const count = kubernetes.ingressReplicas ?? 1;
  if (workload === undefined || database === "none") return [];
  return [
    {
      ...lookAtCluster(cluster, phase),
      id: "start-controller",
      title: `Scale the ingress controller ${workload} back to ${count}`,
      why: "From here on it writes again, beginning with everything that changed in the cluster meanwhile. It has to be compatible with the version that the pods run.",
      class: "disruptive",
      action: {
        kind: "commands",
        commands: [runnerCommand(kubectlWords(kubernetes, ["scale", workload, `--replicas=${count}`]))],
      },
      targets: [workload],
      proof: [
        {
          kind: "command_output",
          look: {
            target: "runner",
            argv: kubectlWords(kubernetes, ["rollout", "status", workload, `--timeout=${rolloutSeconds}s`]),
          },
          matches: "successfully rolled out",
        },
      ],
      wayBack: `Scale ${workload} to 0 again.`,
      source: sources.chart,
    },
  ];
}

/** Within the time that a look of the runner may take. */
const rolloutSeconds = 20;
