import type { HelmRelease, Kubernetes } from "#src/plan/kubernetes.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Command } from "#src/plan/step.ts";
import { runnerCommand } from "./postgres-command.ts";

/** Context and namespace stand in every command, so that the runner's current ones never decide. */
export function helmWords({ helm, context, namespace }: Kubernetes, words: readonly string[]): readonly string[] {
  return [helm, "--kube-context", context, "--namespace", namespace, ...words];
}

export function kubectlWords({ kubectl, context, namespace }: Kubernetes, words: readonly string[]): readonly string[] {
  return [kubectl, "--context", context, "--namespace", namespace, ...words];
}

/** What a `helm upgrade` of a release is to do. */
export interface HelmUpgrade {
  readonly tag: string;
  /** Runs `kong migrations up` in a job before pods are replaced. */
  readonly preUpgrade: boolean;
  /** Runs `kong migrations finish` in a job after pods are replaced. */
  readonly postUpgrade: boolean;
  readonly timeoutMs: number;
}

/**
 * A release with its values files and what they must not decide: the image, and which migration job runs. A job is not
 * repeated by Kubernetes, since a migration that failed half-way must be looked at (chart value migrations.backoffLimit).
 */
export function helmUpgrade(
  kubernetes: Kubernetes,
  { name, values }: HelmRelease,
  { tag, preUpgrade, postUpgrade, timeoutMs }: HelmUpgrade,
): Command {
  const settings = [
    `image.tag=${tag}`,
    `migrations.preUpgrade=${preUpgrade}`,
    `migrations.postUpgrade=${postUpgrade}`,
    "migrations.backoffLimit=0",
  ].map((setting) => belowKey(kubernetes) + setting);
  return runnerCommand(
    helmWords(kubernetes, [
      "upgrade",
      name,
      kubernetes.chart,
      "--version",
      kubernetes.chartVersion,
      ...values.flatMap((file) => ["-f", file]),
      ...settings.flatMap((setting) => ["--set", setting]),
      "--wait",
      "--timeout",
      `${Math.ceil(timeoutMs / 1_000)}s`,
    ]),
  );
}

/**
 * The chart `kong/ingress` has the values of Kong's chart below `gateway` (Kong/charts, charts/ingress/values.yaml); at the
 * top nothing reads them, and Helm does not say so.
 */
function belowKey({ chart }: Kubernetes): string {
  return chart.slice(chart.lastIndexOf("/") + 1) === "ingress" ? "gateway." : "";
}

/** A release back at a revision: pods, chart and values; no migration job runs, and the database stays as it is. */
export function helmRollback(
  kubernetes: Kubernetes,
  { name }: HelmRelease,
  { revision, timeoutMs }: { readonly revision: number; readonly timeoutMs: number },
): Command {
  const words = ["rollback", name, String(revision), "--wait", "--timeout", `${Math.ceil(timeoutMs / 1_000)}s`];
  return runnerCommand(helmWords(kubernetes, words));
}

/** Saves what a command prints in a file on the runner. */
export function savedAs(file: string, argv: readonly string[]): Command {
  return { ...runnerCommand(argv), stdoutFile: file };
}

/** Helm is not in the middle of something with this release: it would refuse, or two would work at once. */
export function notPending(kubernetes: Kubernetes, releases: readonly HelmRelease[]): readonly Probe[] {
  return releases.map(({ name }) => ({
    kind: "command_output",
    look: { target: "runner", argv: helmWords(kubernetes, ["status", name]) },
    matches: "^STATUS: (?:pending|uninstall)",
    isAbsent: true,
  }));
}

/** No migration job of these releases works at this moment. */
export function noActiveJobs(kubernetes: Kubernetes, releases: readonly HelmRelease[]): readonly Probe[] {
  return releases.map(({ name }) => ({
    kind: "command_output",
    look: {
      target: "runner",
      argv: kubectlWords(kubernetes, [
        "get",
        "jobs",
        "-l",
        `app.kubernetes.io/instance=${name}`,
        "-o",
        "jsonpath={.items[*].status.active}",
      ]),
    },
    matches: "[1-9]",
    isAbsent: true,
  }));
}

/** A Deployment has this many replicas, running ones counted; 0 is told by nothing at all. */
export function replicas(
  kubernetes: Kubernetes,
  { workload, count, part }: { readonly workload: string; readonly count: number; readonly part: "spec" | "status" },
): Probe {
  const argv = kubectlWords(kubernetes, ["get", workload, "-o", `jsonpath={.${part}.replicas}`]);
  const look = { target: "runner", argv };
  return count === 0
    ? { kind: "command_output", look, matches: "[1-9]", isAbsent: true }
    : { kind: "command_output", look, matches: `^${count}$` };
}

/** The Deployment of the ingress controller as kubectl takes it. */
export function controllerOf({ ingressController }: Kubernetes): string | undefined {
  if (ingressController === undefined) return undefined;
  return ingressController.includes("/") ? ingressController : `deployment/${ingressController}`;
}
