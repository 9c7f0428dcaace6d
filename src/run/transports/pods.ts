import { execa } from "execa";
import { z } from "zod";
import type { Result } from "#src/kernel/result.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Transport } from "#src/plan/transport.ts";
import { lastLineOf } from "./reach.ts";

type Kubectl = Extract<Transport, { readonly kind: "kubectl" }>;

const askMs = 30_000;
const maxAnswerBytes = 16 * 1_024 * 1_024;
/** Pods of one workload that are looked through for a command. */
const maxPods = 50;

const workloadSchema = z.object({
  spec: z.object({ selector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }),
});
const podsSchema = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** What names cluster and namespace in every call of kubectl. */
export function pinned({ context, namespace }: Kubectl): readonly string[] {
  return ["--context", context, "--namespace", namespace];
}

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
  const result = await execa(target.kubectl, [...pinned(target), ...words], {
    env,
    extendEnv: false,
    cwd: "/",
    stdin: "ignore",
    reject: false,
    timeout: askMs,
    maxBuffer: maxAnswerBytes,
  });
  if (result.exitCode === 0) return ok(result.stdout);
  return no(
    `${target.kubectl} cannot tell the pods of ${target.pod}: ${lastLineOf(result.stderr || (result.shortMessage ?? ""))}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Said by the caller, who knows what was asked.
    return undefined;
  }
}
