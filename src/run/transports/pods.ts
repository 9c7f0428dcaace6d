import { z } from "zod";
import { podSelector } from "#src/discovery/pod-selector.ts";
import type { Result } from "#src/kernel/result.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Transport } from "#src/plan/transport.ts";
import { askKubectl, parseJson } from "./kubectl.ts";

type Kubectl = Extract<Transport, { readonly kind: "kubectl" }>;

/** Pods of one workload that are looked through for a command. */
const maxPods = 50;

const identitySchema = z.object({
  kind: z.string().optional(),
  metadata: z.object({ name: z.string(), uid: z.string() }).optional(),
});
type Identity = z.infer<typeof identitySchema>;

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    ownerReferences: z
      .array(z.object({ kind: z.string(), name: z.string(), uid: z.string(), controller: z.boolean().default(false) }))
      .default([]),
  }),
});
const podsSchema = z.object({ items: z.array(podSchema) });

/**
 * The transport with one pod where it names a workload, so that every connection of a command leads to the same one. All
 * running pods of the workload, in the order of their names.
 */
export async function podsOf(
  target: Kubectl,
  env: Readonly<Record<string, string>>,
): Promise<Result<readonly [Kubectl, ...Kubectl[]], string>> {
  const [kind, name] = target.pod.split("/");
  if (name === undefined || kind === "pod" || kind === "pods") return ok([{ ...target, pod: name ?? target.pod }]);
  const workload = await ask(target, env, ["get", target.pod, "--output", "json"]);
  if (!workload.ok) return workload;
  const found = parseJson(workload.value);
  const selector = podSelector(found, target.pod);
  if (!selector.ok) return selector;
  const identity = identitySchema.safeParse(found).data ?? {};
  const running = ["--selector", selector.value, "--field-selector", "status.phase=Running"];
  const listed = await ask(target, env, ["get", "pods", ...running, "--output", "json"]);
  if (!listed.ok) return listed;
  const pods = podsSchema.safeParse(parseJson(listed.value));
  const own = pods.success ? pods.data.items.filter((pod) => !isOfAnother(pod, identity)) : [];
  const names = own.map(({ metadata }) => metadata.name).toSorted();
  const [first, ...others] = names.slice(0, maxPods).map((pod) => podOf(target, pod));
  return first === undefined ? no(`${target.pod} in ${target.namespace} has no running pod`) : ok([first, ...others]);
}

/**
 * Whether something else made a pod that bears the same labels, such as a Job: a selector alone does not tell. Deployments
 * make their pods through ReplicaSets, which are called by the Deployment and the hash that their pods bear; who makes the
 * pods of workloads of other kinds is not known here.
 */
function isOfAnother(
  { metadata: { labels, ownerReferences } }: z.infer<typeof podSchema>,
  workload: Identity,
): boolean {
  const controller = ownerReferences.find((owner) => owner.controller);
  if (controller === undefined || workload.metadata === undefined) return false;
  const { name, uid } = workload.metadata;
  switch (workload.kind) {
    case "Deployment":
      return controller.kind !== "ReplicaSet" || controller.name !== `${name}-${labels["pod-template-hash"] ?? ""}`;
    case "StatefulSet":
    case "DaemonSet":
    case "ReplicaSet":
      return controller.uid !== uid;
    default:
      return false;
  }
}

function podOf(target: Kubectl, pod: string): Kubectl {
  return { ...target, pod };
}

async function ask(
  target: Kubectl,
  env: Readonly<Record<string, string>>,
  words: readonly string[],
): Promise<Result<string, string>> {
  const asked = await askKubectl(target, env, words);
  return asked.kind === "answered"
    ? ok(asked.text)
    : no(`${target.kubectl} cannot tell the pods of ${target.pod}: ${asked.problem}`);
}
