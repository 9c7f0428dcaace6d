import { z } from "zod";
import { jobContainer, marks } from "./job-manifest.ts";

const conditionSchema = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});
const metadataSchema = z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) });
export const jobSchema = z.object({
  kind: z.literal("Job"),
  metadata: metadataSchema,
  spec: z.object({ suspend: z.boolean().default(false) }),
  status: z.object({ conditions: z.array(conditionSchema).default([]) }).default({ conditions: [] }),
});
/** Why something is as it is. */
const said = z.object({ reason: z.string().optional(), message: z.string().optional() });
const containerStateSchema = z.object({
  waiting: said.optional(),
  running: z.object({}).optional(),
  terminated: said.extend({ exitCode: z.number().int() }).optional(),
});
const podSchema = z.object({
  kind: z.literal("Pod"),
  metadata: metadataSchema,
  status: z.object({
    phase: z.string().optional(),
    reason: z.string().optional(),
    message: z.string().optional(),
    conditions: z.array(conditionSchema).default([]),
    containerStatuses: z.array(z.object({ name: z.string(), state: containerStateSchema.default({}) })).default([]),
  }),
});
type Job = z.infer<typeof jobSchema>;
type Pod = z.infer<typeof podSchema>;
const listSchema = z.object({ items: z.array(z.discriminatedUnion("kind", [jobSchema, podSchema])) });

/** What the cluster says about the Job of a command. */
export type JobState =
  /** Neither Job nor pod. */
  | { readonly kind: "none" }
  /** A Job that never runs has its name. */
  | { readonly kind: "forbidden" }
  /** The command has not begun; why, where that is known. */
  | { readonly kind: "waiting"; readonly why: string | undefined }
  | { readonly kind: "running"; readonly pod: string }
  /** The container could not be started, for example because its image holds no such program. */
  | { readonly kind: "unstartable"; readonly problem: string }
  /** `pod` where it is still there and its log can be read. */
  | { readonly kind: "ended"; readonly exitCode: number; readonly pod: string | undefined }
  /** Kubernetes ended it at the Job's own time limit. */
  | { readonly kind: "too_long"; readonly isGone: boolean; readonly pod: string | undefined }
  | { readonly kind: "lost"; readonly problem: string; readonly isGone: boolean; readonly pod: string | undefined };

/** Reads `kubectl get jobs,pods --output json` of one Job; undefined where it is something else. */
export function readJobState(answer: unknown): JobState | undefined {
  const list = listSchema.safeParse(answer);
  if (!list.success) return undefined;
  const job = list.data.items.find((item) => item.kind === "Job");
  const pods = list.data.items.filter((item) => item.kind === "Pod");
  const [pod, ...others] = pods;
  if (others.length > 0) {
    return {
      kind: "lost",
      problem: `Kubernetes made several pods of it (${pods.map(({ metadata }) => metadata.name).join(", ")}), so it may have run more than once`,
      isGone: pods.every((one) => terminatedOf(one) !== undefined),
      pod: undefined,
    };
  }
  if (pod !== undefined) return stateOfPod(pod, job);
  return job === undefined ? { kind: "none" } : stateWithoutPod(job);
}

/** Which start made a Job, by its annotations. */
export function startOf({ metadata }: Job): {
  readonly command: string | undefined;
  readonly token: string | undefined;
} {
  return { command: metadata.annotations[marks.command], token: metadata.annotations[marks.start] };
}

/** Whether nothing of a Job runs any more, or ever will. */
export function isOver(job: Job): boolean {
  return job.spec.suspend || holds(job, "Complete") !== undefined || holds(job, "Failed") !== undefined;
}

function holds({ status }: Job, wanted: string): z.infer<typeof conditionSchema> | undefined {
  return status.conditions.find((condition) => condition.type === wanted && condition.status === "True");
}

function stateWithoutPod(job: Job): JobState {
  if (job.spec.suspend) return { kind: "forbidden" };
  // Set only after the pod ended with status 0 (Kubernetes docs, Jobs, "Job termination and cleanup").
  if (holds(job, "Complete") !== undefined) return { kind: "ended", exitCode: 0, pod: undefined };
  const failed = holds(job, "Failed");
  if (failed === undefined) return { kind: "waiting", why: "Kubernetes has made no pod of it yet" };
  if (failed.reason === "DeadlineExceeded") return { kind: "too_long", isGone: true, pod: undefined };
  // A pod that was removed by force may run on, on a node that does not answer.
  return {
    kind: "lost",
    problem: `its pod was removed before its exit status was read (${wordsOf(failed)})`,
    isGone: false,
    pod: undefined,
  };
}

function stateOfPod(pod: Pod, job: Job | undefined): JobState {
  const { name } = pod.metadata;
  const container = pod.status.containerStatuses.find((one) => one.name === jobContainer);
  const terminated = terminatedOf(pod);
  if (terminated !== undefined) return stateOfEnd(pod, terminated, job);
  if (container?.state.running !== undefined) {
    // On a node that does not answer, this is only the last thing that was heard.
    return { kind: "running", pod: name };
  }
  if (pod.status.phase === "Failed") {
    return { kind: "lost", problem: `its pod failed: ${wordsOf(pod.status)}`, isGone: true, pod: name };
  }
  return { kind: "waiting", why: whyWaiting(pod) };
}

function stateOfEnd(
  { metadata, status }: Pod,
  { exitCode, reason, message }: NonNullable<ReturnType<typeof terminatedOf>>,
  job: Job | undefined,
): JobState {
  const pod = metadata.name;
  if (exitCode === 0) return { kind: "ended", exitCode, pod };
  if (reason === "StartError" || reason === "ContainerCannotRun") {
    return { kind: "unstartable", problem: wordsOf({ reason, message }) };
  }
  const failed = job === undefined ? undefined : (holds(job, "Failed") ?? holds(job, "FailureTarget"));
  if (failed?.reason === "DeadlineExceeded") return { kind: "too_long", isGone: true, pod };
  if (reason === "ContainerStatusUnknown") {
    return { kind: "lost", problem: `its node does not know how it ended (${message ?? reason})`, isGone: false, pod };
  }
  if (reason === "OOMKilled") {
    return {
      kind: "lost",
      problem: "it was killed because its memory limit was reached (OOMKilled)",
      isGone: true,
      pod,
    };
  }
  if (status.reason !== undefined) {
    return { kind: "lost", problem: `its pod was ended: ${wordsOf(status)}`, isGone: true, pod };
  }
  return { kind: "ended", exitCode, pod };
}

function terminatedOf({ status }: Pod): NonNullable<z.infer<typeof containerStateSchema>["terminated"]> | undefined {
  return status.containerStatuses.find(({ name }) => name === jobContainer)?.state.terminated;
}

/** On the way to a start, everything says nothing but that it goes on. */
const usualReasons = new Set(["ContainerCreating", "PodInitializing"]);

function whyWaiting({ status }: Pod): string | undefined {
  const waiting = status.containerStatuses.find(({ name }) => name === jobContainer)?.state.waiting;
  if (waiting?.reason !== undefined) return usualReasons.has(waiting.reason) ? undefined : wordsOf(waiting);
  const scheduled = status.conditions.find(
    ({ type, status: holding }) => type === "PodScheduled" && holding === "False",
  );
  return scheduled === undefined ? undefined : wordsOf(scheduled);
}

function wordsOf({ reason, message }: z.infer<typeof said>): string {
  const words = [reason, message].filter((text) => text !== undefined && text !== "");
  return words.length === 0 ? "it does not say why" : words.join(": ").slice(0, 400).toWellFormed();
}
