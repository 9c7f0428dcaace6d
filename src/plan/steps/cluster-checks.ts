import { allReleases, lockFree, migrationsInCluster, nobodyWrote, revisionOf, rolledOut } from "#src/plan/cluster.ts";
import type { Cluster } from "#src/plan/cluster.ts";
import { tellsTraffic } from "#src/plan/environment.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import { dumpFile } from "./backup-layout.ts";
import { schemaMetaAsBefore, kongDatabase, soak, tablesThatMigrationsChange } from "./check-steps.ts";
import { controllerOf, helmWords, noActiveJobs, notPending, replicas } from "./cluster-commands.ts";
import { lookAt } from "./look.ts";
import type { Look } from "./look.ts";
import { sources } from "./sources.ts";

/** Names of all releases, as targets of a step. */
export function releaseNames(cluster: Cluster): readonly string[] {
  return allReleases(cluster).map(({ name }) => name);
}

/** What steps that only look at releases have in common. */
export function lookAtCluster(cluster: Cluster, phase: Step["phase"]): Look & Pick<Step, "source"> {
  return { ...lookAt(cluster.context, phase, releaseNames(cluster)), source: sources.helm };
}

/** Looks whether the releases are as the facts say and fit to be upgraded. */
export function preflightCluster(cluster: Cluster): Step {
  const { context, kubernetes } = cluster;
  const releases = allReleases(cluster);
  return {
    ...lookAtCluster(cluster, "prepare"),
    id: "preflight",
    title: `Check that ${releaseNames(cluster).join(", ")} ${releases.length === 1 ? "runs" : "run"} ${context.from} and nothing is half done`,
    why: "The plan was made from facts that may have aged. Every pod must run the same version, Helm must not be in the middle of something, no earlier upgrade may be unfinished, and the chart must be there to be had.",
    proof: [
      ...rolledOut(releases, context.from),
      { kind: "no_other_image", version: context.from },
      ...notPending(kubernetes, releases),
      ...sameRevisions(cluster),
      ...noActiveJobs(kubernetes, releases),
      chartIsThere(cluster),
      ...controllerRuns(cluster),
      ...migrationsInCluster(cluster, ["up_to_date"]),
      ...(cluster.database === "reachable" ? [schemaMetaAsBefore(context, kongDatabase(context).name)] : []),
      ...lockFree(cluster),
    ],
    wayBack: "Nothing was changed.",
  };
}

/** Going back returns to the revisions that the survey saw, so nobody may have made a newer one. */
function sameRevisions(cluster: Cluster): readonly Probe[] {
  return allReleases(cluster).flatMap((release) => {
    const revision = revisionOf(cluster, release);
    if (revision === undefined) return [];
    const argv = helmWords(cluster.kubernetes, ["history", release.name, "--max", "1", "-o", "json"]);
    return [
      { kind: "command_output", look: { target: "runner", argv }, matches: `"revision":${revision}[,}]` } as const,
    ];
  });
}

function chartIsThere({ kubernetes }: Cluster): Probe {
  const { chart, chartVersion } = kubernetes;
  const argv = helmWords(kubernetes, ["show", "chart", chart, "--version", chartVersion]);
  const version = chartVersion.replaceAll(/[.+]/gu, String.raw`\$&`);
  return { kind: "command_output", look: { target: "runner", argv }, matches: `^version: "?${version}"?$` };
}

/** As many pods of the controller as the configuration says: as many come back after the freeze. */
function controllerRuns({ kubernetes, database }: Cluster): readonly Probe[] {
  const workload = controllerOf(kubernetes);
  if (workload === undefined || database === "none") return [];
  return [replicas(kubernetes, { workload, count: kubernetes.ingressReplicas ?? 1, part: "spec" })];
}

/** The last look before the schema is changed; apart from the upgrade itself, so that a rollout that timed out can be repeated. */
export function checkBeforeUp(cluster: Cluster): Step {
  const { context, kubernetes } = cluster;
  return {
    ...lookAtCluster(cluster, "migrate"),
    id: "check-before-up",
    title: "Check that nothing has changed since the backup",
    why: "From the next step on the database changes. Nobody may have written since the backup, and no migration may be under way.",
    proof: [
      ...rolledOut(allReleases(cluster), context.from),
      ...noActiveJobs(kubernetes, cluster.leading),
      ...migrationsInCluster(cluster, ["up_to_date"]),
      { kind: "archive_readable", file: dumpFile(context) },
      ...lockFree(cluster),
      ...nobodyWrote(cluster),
    ],
  };
}

/** The last look before the point of no return. */
export function checkBeforeFinish(cluster: Cluster): Step {
  const { context, kubernetes } = cluster;
  return {
    ...lookAtCluster(cluster, "verify"),
    id: "check-before-finish",
    title: `Check that no pod of ${context.from} is left`,
    why: "`finish` removes what only the old version needs, and Kong does not look whether an old node is left. Nobody may have written either.",
    proof: [
      ...rolledOut(cluster.leading, context.to),
      ...(cluster.following.length > 0 ? [] : [{ kind: "no_other_image", version: context.to } as const]),
      ...noActiveJobs(kubernetes, cluster.leading),
      ...migrationsInCluster(cluster, ["pending", "up_to_date"]),
      ...lockFree(cluster),
      ...nobodyWrote(cluster),
    ],
  };
}

/** A person tries the new version: pods have no address that the runner could send smoke tests to. */
export function smokeByHand(cluster: Cluster, { id, version, phase }: SmokeRound): Step {
  const { smokeTests } = cluster.context.environment;
  const asked = smokeTests.map(
    ({ name, method, path, expectStatus }) => `\n• ${name}: ${method} ${path} answers ${expectStatus}`,
  );
  return {
    ...lookAtCluster(cluster, phase),
    id,
    title: `Try ${testsOf(smokeTests.length)} against ${version}`,
    why: "Pods that are ready are not pods that route. The runner knows no address of a pod's proxy, so a person sends the requests through the service or the load balancer.",
    action: {
      kind: "manual",
      instruction:
        asked.length === 0
          ? "Send the requests that matter most through the proxy's service and compare the answers with those of before: routes with regular expressions, each kind of authentication, the busiest paths."
          : `Send these through the proxy's service:${asked.join("")}`,
      button: "The requests work",
    },
    proof: [],
    source: sources.smoke,
  };
}

function testsOf(count: number): string {
  return count === 0 ? "the most important requests" : count === 1 ? "the smoke test" : `the ${count} smoke tests`;
}

/** A control plane proxies nothing: what matters after its upgrade is that the old data planes do not suffer from it. */
export function stillServingByHand(cluster: Cluster): Step {
  const { context, following } = cluster;
  const step = smokeByHand(cluster, { id: "smoke", version: context.to, phase: "verify" });
  const names = following.map(({ name }) => name);
  return {
    ...step,
    title: `Try whether the data planes of ${context.from} still serve`,
    why: `The control planes run ${context.to} now and proxy nothing themselves. Clients of ${names.join(", ")} must not have noticed anything.`,
    targets: names,
  };
}

/** Which of several rounds of tests it is. */
export interface SmokeRound {
  readonly id: string;
  readonly version: string;
  readonly phase: Step["phase"];
}

/** Watches the error rate, or lets a person do it where no address tells it. */
export function soakCluster(cluster: Cluster): Step {
  const { context } = cluster;
  const { soak: settings } = context.environment;
  const step = soak(context);
  const shared = {
    ...step,
    targets: releaseNames(cluster),
    source: sources.helm,
  };
  if (tellsTraffic(context.environment) && step.action.kind === "soak") {
    return {
      ...shared,
      action: { ...step.action, smokeTests: [] },
      proof: rolledOut(allReleases(cluster), context.to),
    };
  }
  return {
    ...shared,
    why: "Some faults show only under traffic and time. No address tells the share of failed requests, so a person watches.",
    action: {
      kind: "manual",
      instruction: `Watch error rate, latency, restarts and logs of ${releaseNames(cluster).join(", ")} for ${Math.ceil(settings.durationMs / 60_000)} minutes and compare them with before.`,
      button: "It looks as before",
    },
    proof: [],
    timeoutMs: context.environment.timeouts.commandMs,
  };
}

/** Everything at once, after the last change. */
export function verifyCluster(cluster: Cluster): Step {
  const { context, kubernetes } = cluster;
  const isReachable = cluster.database === "reachable";
  return {
    ...lookAtCluster(cluster, "verify"),
    id: "verify",
    title: `Check that the upgrade to ${context.to} is complete`,
    why: "Pods, images and migrations, and the number of entities where the database can be read, are looked at together after the last change.",
    proof: [
      ...rolledOut(allReleases(cluster), context.to),
      { kind: "no_other_image", version: context.to },
      ...notPending(kubernetes, allReleases(cluster)),
      ...migrationsInCluster(cluster, ["up_to_date"]),
      ...lockFree(cluster),
      ...(isReachable
        ? [
            {
              kind: "counts_match_baseline" as const,
              database: kongDatabase(context),
              except: tablesThatMigrationsChange,
            },
          ]
        : []),
      ...nobodyWrote(cluster),
    ],
  };
}

/** The last look before the record is closed. */
export function closeCluster(cluster: Cluster, version: string, phase: "close" | "roll_back"): Step {
  return {
    ...lookAtCluster(cluster, phase),
    id: "close",
    title: `Close: every pod runs ${version}`,
    why: "The last look before the record is closed. Keep watching the metrics for a while, and keep the backup until the next one is proven.",
    proof: [...rolledOut(allReleases(cluster), version), { kind: "no_other_image", version }],
    wayBack:
      phase === "close"
        ? "No way back inside this upgrade: a return to the old version is planned anew."
        : "Nothing was changed.",
  };
}
