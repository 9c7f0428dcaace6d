import { z } from "zod";
import { jsonOf } from "#src/discovery/cluster-commands.ts";
import { podSelector } from "#src/discovery/pod-selector.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import type { KongNode } from "#src/plan/kong-node.ts";

const podsSchema = z.object({
  items: z.array(
    z.object({ metadata: z.object({ name: z.string() }), status: z.object({ phase: z.string() }).optional() }),
  ),
});

/** Phases of pods none of whose containers runs, or ever will (Kubernetes docs, Pod Lifecycle). */
const ended = new Set(["Succeeded", "Failed"]);

/**
 * The pods of a node's workload that run or may still, those that are just being ended too. Where none is left, no program
 * in one can be asked. @throws Error where the cluster does not answer
 */
export async function livingPods(
  transport: Extract<NonNullable<KongNode["transport"]>, { readonly kind: "kubectl" }>,
  ports: DiscoveryPorts,
): Promise<readonly string[]> {
  const { kubectl, context, namespace, pod } = transport;
  const pinned = [kubectl, "--context", context, "--namespace", namespace, "get"];
  const selector = podSelector(await jsonOf([...pinned, pod, "--output", "json"], ports), pod);
  if (!selector.ok) throw new Error(selector.problem);
  const selected = ["--selector", selector.value, "--output", "json"];
  const { items } = podsSchema.parse(await jsonOf([...pinned, "pods", ...selected], ports));
  return items.filter(({ status }) => !ended.has(status?.phase ?? "")).map(({ metadata }) => metadata.name);
}
