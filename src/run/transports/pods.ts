import { z } from "zod";
import type { Result } from "#src/kernel/result.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Transport } from "#src/plan/transport.ts";
import { askKubectl, parseJson } from "./kubectl.ts";

type Kubectl = Extract<Transport, { readonly kind: "kubectl" }>;

/** Pods of one workload that are looked through for a command. */
const maxPods = 50;

const workloadSchema = z.object({
  spec: z.object({ selector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }),
});
const podsSchema = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

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
  const found = workloadSchema.safeParse(parseJson(workload.value));
  if (!found.success) return no(`${target.pod} selects no pods by labels: name a pod`);
  const labels = Object.entries(found.data.spec.selector.matchLabels).map(([label, value]) => `${label}=${value}`);
  const running = ["--selector", labels.join(","), "--field-selector", "status.phase=Running"];
  const listed = await ask(target, env, ["get", "pods", ...running, "--output", "json"]);
  if (!listed.ok) return listed;
  const pods = podsSchema.safeParse(parseJson(listed.value));
  const names = pods.success ? pods.data.items.map(({ metadata }) => metadata.name).toSorted() : [];
  const [first, ...others] = names.slice(0, maxPods).map((pod) => podOf(target, pod));
  return first === undefined ? no(`${target.pod} in ${target.namespace} has no running pod`) : ok([first, ...others]);
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
