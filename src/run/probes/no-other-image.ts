import { readKongPods } from "#src/discovery/kong-pods.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { comparePods } from "./compare-pods.ts";
import { kubernetesOf } from "./release.ts";

/** Looks at every pod of the namespace, whoever made it: a forgotten release or a job that runs on would break too. */
export async function noOtherImage(
  { version }: Extract<Probe, { readonly kind: "no_other_image" }>,
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const kubernetes = kubernetesOf(environment);
  const pods = await readKongPods(kubernetes, ports);
  const { namespace } = kubernetes;
  // An own image may be neither named nor configured like Kong, so finding nothing proves nothing.
  if (pods.length === 0) return unclear(`no pod of namespace ${namespace} was recognised as Kong`);
  const { other, untold, details } = comparePods(pods, version);
  if (other.length > 0) return bad(`pods of ${namespace} run another version: ${other.join(", ")}`, details);
  if (untold.length > 0) return unclear(`the images of ${untold.join(", ")} do not tell their version`, details);
  return good(`all ${pods.length} pods with Kong in ${namespace} run ${version}`, details);
}
