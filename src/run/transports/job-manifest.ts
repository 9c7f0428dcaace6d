import { z } from "zod";
import { digestOfText } from "#src/kernel/digest.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Transport } from "#src/plan/transport.ts";

type JobTransport = Extract<Transport, { readonly kind: "job" }>;

/** One command as a Job. */
export interface JobWish {
  readonly via: JobTransport;
  /** The command's name within all installations; the Job's name follows from it. */
  readonly name: string;
  readonly argv: readonly string[];
  /** Stands in the manifest, so nothing secret. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Drawn anew for each start: tells a Job that this start made from one that was there before. */
  readonly token: string;
}

/** The label by which Job and pods are found; its value is the Job's name. */
export const jobLabel = "kong-upgrade/job";
/** Annotations of a Job: the command's name, and the token of the start that made it. */
export const marks = { command: "kong-upgrade/command", start: "kong-upgrade/start" } as const;
/** The only container of a Job's pod. */
export const jobContainer = "kong";

/** Kubernetes removes a Job that nobody fetched after a week; runners remove it as soon as its result is recorded. */
const keptSeconds = 7 * 24 * 3_600;
/** Kong ignores SIGTERM while it migrates (seen in 2.8.5 to 3.9.3), so SIGKILL follows soon. */
const graceSeconds = 10;
/** The runner ends it at its time limit; Kubernetes does where no runner is left. */
const marginSeconds = 15;

/** Names of Jobs become labels: at most 63 lower-case letters, digits and dashes (RFC 1123, section 2.1). */
export function jobNameOf(name: string): string {
  const words = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "")
    .slice(0, 45);
  return `ku-${words}-${digestOfText(name).slice(-12)}`;
}

const named = z.looseObject({ name: z.string() });
const containerSchema = z.looseObject({
  name: z.string(),
  env: z.array(named).default([]),
  volumeMounts: z.array(named).default([]),
});
const podSchema = z.looseObject({
  containers: z.array(containerSchema).min(1),
  volumes: z.array(named).default([]),
  affinity: z.looseObject({ nodeAffinity: z.unknown().optional() }).optional(),
});
const workloadSchema = z.object({ spec: z.object({ template: z.object({ spec: podSchema }) }) });
type Pod = z.infer<typeof podSchema>;
type Container = z.infer<typeof containerSchema>;

/** What decides where a pod runs, as whom, and what it reaches. Labels are left out: a Service would send it requests. */
const podFields = [
  "automountServiceAccountToken",
  "dnsConfig",
  "dnsPolicy",
  "enableServiceLinks",
  "hostAliases",
  "hostNetwork",
  "imagePullSecrets",
  "nodeSelector",
  "priorityClassName",
  "runtimeClassName",
  "schedulerName",
  "securityContext",
  "serviceAccountName",
  "tolerations",
] as const;
/** Probes, ports and hooks belong to a Kong that serves. */
const containerFields = ["envFrom", "imagePullPolicy", "resources", "securityContext", "workingDir"] as const;

/**
 * The Job of a command, made from the workload as the cluster has it; a problem where the workload does not say enough. It
 * is never repeated by Kubernetes: one pod, no restart, no second try.
 */
export function renderJob(wish: JobWish, workload: unknown): Result<Readonly<Record<string, unknown>>, string> {
  const { via, argv, timeoutMs } = wish;
  const read = workloadSchema.safeParse(workload);
  if (!read.success) return no(`${via.workload} has no pod template that can be read`);
  const pod = read.data.spec.template.spec;
  const container = containerOf(pod, via.container);
  if (container === undefined) {
    const names = pod.containers.map(({ name }) => name).join(", ");
    return no(
      via.container === undefined
        ? `${via.workload} has several containers (${names}): name the one of Kong`
        : `${via.workload} has no container ${via.container} (it has ${names})`,
    );
  }
  const mounted = new Set(container.volumeMounts.map(({ name }) => name));
  return ok({
    ...headOf(wish),
    spec: {
      ...onePod,
      activeDeadlineSeconds: Math.ceil(timeoutMs / 1_000) + marginSeconds,
      template: {
        metadata: {
          labels: labelsOf(wish),
          // A sidecar never ends, so the pod would not either (Kong/charts values.yaml, migrations.annotations).
          annotations: { "sidecar.istio.io/inject": "false", "linkerd.io/inject": "disabled" },
        },
        spec: {
          ...picked(pod, podFields),
          ...(pod.affinity?.nodeAffinity === undefined
            ? {}
            : { affinity: { nodeAffinity: pod.affinity.nodeAffinity } }),
          restartPolicy: "Never",
          terminationGracePeriodSeconds: graceSeconds,
          volumes: pod.volumes.filter(({ name }) => mounted.has(name)),
          containers: [
            {
              ...picked(container, containerFields),
              name: jobContainer,
              image: via.image,
              command: argv.map(literal),
              env: mergedEnv(container, wish.env),
              volumeMounts: container.volumeMounts,
            },
          ],
        },
      },
    },
  });
}

/** A Job that never runs: who makes it first sees to it that nobody else makes one of that name any more. */
export function renderForbidden(wish: Pick<JobWish, "via" | "name" | "token">): Readonly<Record<string, unknown>> {
  const { via } = wish;
  const containers = [{ name: jobContainer, image: via.image, command: ["true"] }];
  return {
    ...headOf(wish),
    spec: {
      ...onePod,
      suspend: true,
      template: { metadata: { labels: labelsOf(wish) }, spec: { restartPolicy: "Never", containers } },
    },
  };
}

const onePod = { backoffLimit: 0, completions: 1, parallelism: 1, ttlSecondsAfterFinished: keptSeconds } as const;

function headOf({ via, name, token }: Pick<JobWish, "via" | "name" | "token">): Readonly<Record<string, unknown>> {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: jobNameOf(name),
      namespace: via.namespace,
      labels: labelsOf({ name }),
      annotations: { [marks.command]: name, [marks.start]: token },
    },
  };
}

function labelsOf({ name }: Pick<JobWish, "name">): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/managed-by": "kong-upgrade", [jobLabel]: jobNameOf(name) };
}

function containerOf({ containers }: Pod, wanted: string | undefined): Container | undefined {
  if (wanted !== undefined) return containers.find(({ name }) => name === wanted);
  return containers.length === 1 ? containers[0] : undefined;
}

function picked(from: Readonly<Record<string, unknown>>, fields: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(fields.flatMap((field) => (from[field] === undefined ? [] : [[field, from[field]]])));
}

/** The workload's variables as they are, references to Secrets too; those of the command come last and win. */
function mergedEnv(container: Container, own: Readonly<Record<string, string>>): readonly unknown[] {
  return [
    ...container.env.filter(({ name }) => !Object.hasOwn(own, name)),
    ...Object.entries(own).map(([name, value]) => ({ name, value: literal(value) })),
  ];
}

/** Kubernetes puts variables in place of `$(NAME)`, and one `$` of `$$` (API reference, Container v1 core, command). */
function literal(word: string): string {
  return word.replaceAll("$", "$$$$");
}
