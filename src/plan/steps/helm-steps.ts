import { allReleases, hasWantedChart, idOf, lockFree, migrationsInCluster, rolledOut } from "#src/plan/cluster.ts";
import type { Cluster } from "#src/plan/cluster.ts";
import type { HelmRelease } from "#src/plan/kubernetes.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { doNotUnderstand, oldPodsUnderstand } from "#src/plan/old-pods.ts";
import type { Step } from "#src/plan/step.ts";
import { runningTag, targetTag } from "#src/plan/image-tag.ts";
import { dumpFile, releaseFile } from "./backup-layout.ts";
import { lookAtCluster, releaseNames } from "./cluster-checks.ts";
import { helmUpgrade, kubectlWords, noActiveJobs, notPending } from "./cluster-commands.ts";
import { runnerCommand } from "./postgres-command.ts";
import { sources } from "./sources.ts";

/** Removes migration jobs that an earlier upgrade left behind: a job cannot be changed, so Helm would stop at it. */
export function deleteOldJobs(cluster: Cluster): readonly Step[] {
  const { kubernetes, leading, database } = cluster;
  if (database === "none") return [];
  const names = leading.flatMap((release) => jobsOf(release));
  return [
    {
      ...lookAtCluster(cluster, "prepare"),
      id: "delete-old-jobs",
      title: "Delete migration jobs of earlier upgrades",
      why: "A finished job is only a record, but Helm cannot change one (“field is immutable”). A job that still works is never deleted: that would break off a migration.",
      action: {
        kind: "commands",
        commands: [runnerCommand(kubectlWords(kubernetes, ["delete", "jobs", "--ignore-not-found", ...names]))],
      },
      targets: names,
      precheck: noActiveJobs(kubernetes, leading),
      proof: [
        {
          kind: "command_output",
          look: {
            target: "runner",
            argv: kubectlWords(kubernetes, ["get", "jobs", "--ignore-not-found", "-o", "name", ...names]),
          },
          matches: "job",
          isAbsent: true,
        },
      ],
      wayBack: "Not needed: nothing uses a finished job.",
      source: sources.chart,
    },
  ];
}

/** Names that the chart gives its migration jobs: the release's full name, which is that of its workload, and the phase. */
function jobsOf({ workload }: HelmRelease): readonly string[] {
  const fullName = workload.slice(workload.indexOf("/") + 1);
  return ["init", "pre-upgrade", "post-upgrade"].map((phase) => `${fullName}-${phase}-migrations`);
}

/** A person brings the resource definitions of the ingress controller to the chart's version; Helm does not. */
export function applyDefinitions(cluster: Cluster): readonly Step[] {
  const { kubernetes } = cluster;
  const isKnownChart = cluster.leading.every((release) => hasWantedChart(cluster, release) === true);
  if (kubernetes.ingressController === undefined || isKnownChart) return [];
  const address = `https://raw.githubusercontent.com/Kong/charts/kong-${kubernetes.chartVersion}/charts/kong/crds/custom-resource-definitions.yaml`;
  return [
    {
      ...lookAtCluster(cluster, "prepare"),
      id: "apply-definitions",
      title: `Apply the custom resource definitions of chart ${kubernetes.chartVersion}`,
      why: "Helm installs them once and never updates them. An ingress controller that misses one of them does not start.",
      action: {
        kind: "manual",
        instruction: `Whoever may change the whole cluster: compare and apply the definitions that belong to chart ${kubernetes.chartVersion} (for Kong's own chart: \`${kubectlWords(kubernetes, ["apply", "-f", address]).join(" ")}\`), and see that the ingress controller's version knows them.`,
        button: "The definitions are applied",
      },
      proof: [],
      wayBack: "Apply the definitions of the old chart again; objects of the new kinds would be lost by that.",
      source: sources.chart,
    },
  ];
}

/**
 * The chart alone, with the old image and the values that the release has: those in the files are for the new version.
 * No step where the chart is there already.
 */
export function upgradeChart(cluster: Cluster, release: HelmRelease): readonly Step[] {
  const { context, kubernetes } = cluster;
  if (hasWantedChart(cluster, release) === true) return [];
  const { migrationsMs } = context.environment.timeouts;
  return [
    {
      ...upgrading(cluster, release),
      id: `chart-${idOf(release)}`,
      phase: "migrate",
      title: `Bring ${release.name} to chart ${kubernetes.chartVersion}, still with ${context.from}`,
      why: "Chart and Kong change apart, so that a fault shows whose it is. The release keeps the values that were just saved: those in the files may be meant for the new version. No migration job runs.",
      action: {
        kind: "commands",
        commands: [
          helmUpgrade(kubernetes, withSavedValues(context, release), {
            tag: runningTag(context, release),
            preUpgrade: false,
            postUpgrade: false,
            timeoutMs: migrationsMs,
          }),
        ],
      },
      precheck: [
        ...upgrading(cluster, release).precheck,
        { kind: "files_present", paths: [releaseFile(context, release, "values")] },
      ],
      proof: rolledOut([release], context.from),
      isIdempotent: true,
      wayBack: "`helm rollback` to the revision of before; no data are touched.",
      source: sources.helm,
    },
  ];
}

function withSavedValues(context: PlanContext, release: HelmRelease): HelmRelease {
  return { ...release, values: [releaseFile(context, release, "values")] };
}

/** The new version in one release; `up`: its job migrates first. */
export function upgradeRelease(cluster: Cluster, release: HelmRelease, migrates: "up" | "nothing"): Step {
  const { context, kubernetes, database } = cluster;
  const isMigrating = migrates === "up" && database !== "none";
  const { migrationsMs } = context.environment.timeouts;
  return {
    ...upgrading(cluster, release),
    id: `upgrade-${idOf(release)}`,
    phase: isMigrating ? "migrate" : "roll_out",
    title: `Bring ${release.name} to ${context.to}${isMigrating ? ", `finish` held back" : ""}`,
    why: isMigrating
      ? "A job runs `kong migrations up` while the old pods serve, then pods are replaced. Whatever the values say, the job of `finish` is off; a job that fails is not repeated by itself."
      : "Pods are replaced as the workload's own strategy says. No migration job runs in this release, whatever its values say.",
    action: {
      kind: "commands",
      commands: [
        helmUpgrade(kubernetes, release, {
          tag: targetTag(context, release).tag,
          preUpgrade: isMigrating,
          postUpgrade: false,
          timeoutMs: migrationsMs,
        }),
      ],
    },
    precheck: [
      ...upgrading(cluster, release).precheck,
      ...(isMigrating ? [{ kind: "archive_readable", file: dumpFile(context) } as const] : []),
      ...(isMigrating ? lockFree(cluster) : []),
    ],
    proof: [
      ...rolledOut([release], context.to),
      ...(isMigrating ? migrationsInCluster(cluster, ["pending", "up_to_date"]) : []),
    ],
    isIdempotent: !isMigrating,
    wayBack: wayBackOf(cluster, release),
    source: sources.helm,
  };
}

function wayBackOf({ context, following, database }: Cluster, release: HelmRelease): string {
  if (database === "none" || following.includes(release)) {
    return "`helm rollback` of this release to the revision of before; no data belong to it.";
  }
  return oldPodsUnderstand(context.from, context.to)
    ? `\`helm rollback\` to the revision of before, as long as \`finish\` has not run: pods of ${context.from} serve on the migrated database, which stays as it is.`
    : `Stop the pods, restore the backup into a fresh database, then \`helm rollback\`: pods of ${context.from} ${doNotUnderstand(context.from, context.to)} what \`up\` changes.`;
}

/** `kong migrations finish` by the job of one release: the point of no return. */
export function finishRelease(cluster: Cluster, release: HelmRelease, source: string): Step {
  const { context, kubernetes } = cluster;
  return {
    ...upgrading(cluster, release),
    id: "helm-finish",
    phase: "finish",
    title: `kong migrations finish, by ${release.name}`,
    why: "The same release once more with only the job of `finish` on. It removes and converts what only the old version needs; after it only a restore of the backup brings the old version back.",
    class: "irreversible",
    action: {
      kind: "commands",
      commands: [
        helmUpgrade(kubernetes, release, {
          tag: targetTag(context, release).tag,
          preUpgrade: false,
          postUpgrade: true,
          timeoutMs: context.environment.timeouts.migrationsMs,
        }),
      ],
    },
    precheck: [
      ...upgrading(cluster, release).precheck,
      ...rolledOut(cluster.leading, context.to),
      ...migrationsInCluster(cluster, ["pending", "up_to_date"]),
      { kind: "archive_readable", file: dumpFile(context) },
      ...lockFree(cluster),
    ],
    proof: [
      ...rolledOut(cluster.leading, context.to),
      ...migrationsInCluster(cluster, ["up_to_date"]),
      ...lockFree(cluster),
    ],
    wayBack:
      "Only by restoring the backup into a fresh database and `helm rollback`; everything written since the backup is lost.",
    source,
  };
}

/** A person gives the releases the values of Kong Enterprise: its image has another name, which no command line can know. */
export function enterpriseValues(cluster: Cluster): Step {
  const { context, kubernetes } = cluster;
  const files = [...new Set(allReleases(cluster).flatMap(({ values }) => values))];
  const secret = kubectlWords(kubernetes, ["create", "secret", "generic", "NAME", "--from-file=license=FILE"]);
  return {
    ...lookAtCluster(cluster, "prepare"),
    id: "enterprise-values",
    title: "See that the values are those of Kong Enterprise",
    why: `The image of Kong OSS has no tag ${context.to}, so with the old repository no new pod would start. Only the tag and the migration jobs are given on the command line; everything else is as the values files say.`,
    action: {
      kind: "manual",
      instruction: `Whoever owns the values of ${releaseNames(cluster).join(", ")}: in ${files.join(", ")} set image.repository to kong/kong-gateway or your own copy of it, enterprise.enabled to true, and enterprise.license_secret to a Secret that holds the licence under the key \`license\` (\`${secret.join(" ")}\`); without a licence leave the last one out. Apply nothing yet, and let no pipeline do it.`,
      button: "The values name Kong Enterprise",
    },
    proof: [],
    wayBack: "Set the old values again; nothing was applied.",
    source: sources.chartEnterprise,
  };
}

/** A person brings Git to the state of the cluster, before anything may sync again. */
export function valuesInGit(cluster: Cluster): Step {
  const { kubernetes } = cluster;
  const files = [...new Set([...cluster.leading, ...cluster.following].flatMap(({ values }) => values))];
  return {
    ...lookAtCluster(cluster, "close"),
    id: "values-in-git",
    title: "Bring the values in Git to the state of the cluster",
    why: "The image was given on the command line. The next sync or `helm upgrade` from the old values would put the old image on the migrated database.",
    action: {
      kind: "manual",
      instruction: `Whoever owns the values of ${releaseNames(cluster).join(", ")}: set ${tagsOf(cluster)} and the chart to ${kubernetes.chartVersion}${files.length === 0 ? "" : ` (${files.join(", ")})`}, and let every pipeline start from that. migrations.postUpgrade: false in the values keeps the next upgrade's \`finish\` in your hands.`,
      button: "Git says the same",
    },
    proof: [],
    wayBack: "Set the old values again.",
    source: sources.helm,
  };
}

/** `image.tag to 3.4.2-ubuntu`, each release apart where they differ. */
function tagsOf(cluster: Cluster): string {
  const tags = allReleases(cluster).map((release) => ({
    name: release.name,
    tag: targetTag(cluster.context, release).tag,
  }));
  const [first] = tags;
  if (first === undefined || tags.every(({ tag }) => tag === first.tag))
    return `image.tag to ${first?.tag ?? cluster.context.to}`;
  return `image.tag to ${tags.map(({ name, tag }) => `${tag} (${name})`).join(", ")}`;
}

/** What all changes of one release have in common. */
export function upgrading(
  cluster: Cluster,
  release: HelmRelease,
): Pick<Step, "class" | "targets" | "precheck" | "timeoutMs" | "isIdempotent"> {
  const { kubernetes, context } = cluster;
  const { migrationsMs, commandMs } = context.environment.timeouts;
  return {
    class: "disruptive",
    targets: [release.name],
    precheck: [...notPending(kubernetes, [release]), ...noActiveJobs(kubernetes, [release])],
    // Helm waits that long for a job and again for the pods.
    timeoutMs: 2 * migrationsMs + commandMs,
    isIdempotent: false,
  };
}
