import { kubectl, lookBy } from "#src/discovery/cluster-commands.ts";
import { readWorkloadPods } from "#src/discovery/kong-pods.ts";
import { errorSentence } from "#src/kong/cli-output/command-output.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { comparePods } from "./compare-pods.ts";
import { kubernetesOf, releaseOf } from "./release.ts";

/**
 * Of a Deployment or DaemonSet, of a StatefulSet, and of one with a partition (kubectl,
 * pkg/polymorphichelpers/rollout_status.go). Without `--watch` an unfinished rollout ends with status 0 too.
 */
const complete = /successfully rolled out|rolling update complete|partitioned roll out complete/u;

/** Asks for the rollout first and for the pods after it, since a finished rollout of another image looks the same. */
export async function workloadRolledOut(
  { release: name, version }: Extract<Probe, { readonly kind: "workload_rolled_out" }>,
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const kubernetes = kubernetesOf(environment);
  const release = releaseOf(kubernetes, name);
  const { workload } = release;
  const output = await lookBy(kubectl(kubernetes, ["rollout", "status", workload, "--watch=false"]), ports);
  const said = [errorSentence(output) ?? "", output.stdout.trim()].filter((line) => line !== "");
  if (output.exitCode !== 0) {
    // Kubernetes gave the rollout up: that is an answer. Anything else is none.
    return said.some((line) => line.includes("exceeded its progress deadline"))
      ? bad(`${workload} is not rolled out: ${said[0] ?? ""}`, said)
      : unclear(`the rollout of ${workload} cannot be read: ${said[0] ?? "no reason given"}`, said);
  }
  if (!complete.test(output.stdout)) return bad(`${workload} is not rolled out yet: ${said[0] ?? ""}`, said);
  const pods = await readWorkloadPods(kubernetes, release, ports);
  if (pods.length === 0) return bad(`${workload} is rolled out, but has no pod that runs Kong`);
  const { other, untold, details } = comparePods(pods, version);
  if (other.length > 0) return bad(`${workload} still has pods of another version: ${other.join(", ")}`, details);
  if (untold.length > 0) return unclear(`the images of ${untold.join(", ")} do not tell their version`, details);
  return good(`${workload} is rolled out, ${pods.length} pods run ${version}`, details);
}
