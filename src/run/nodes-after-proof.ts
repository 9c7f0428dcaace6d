import { proofOf } from "#src/plan/hook-of.ts";
import type { Step } from "#src/plan/step.ts";
import type { NodeResult, ProbeResult } from "#src/upgrade/step-report.ts";
import { isAbout } from "./actions/on-nodes.ts";

/** What became of each node, once the proof was asked: a node is done only when its own proof says so. */
export function nodesAfterProof(
  nodes: readonly NodeResult[],
  step: Pick<Step, "proof" | "action">,
  proof: readonly ProbeResult[],
): readonly NodeResult[] {
  const probes = proofOf(step);
  return nodes.map((result) => {
    if (result.state !== "done" && result.state !== "already_done") return result;
    const wrong = proof.find(({ verdict }, index) => {
      const probe = probes[index];
      return verdict !== "ok" && probe !== undefined && isAbout(probe, result.node);
    });
    return wrong === undefined ? result : { node: result.node, state: "not_proven", reason: wrong.summary };
  });
}
