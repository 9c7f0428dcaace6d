import { allNodes } from "#src/plan/sides.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { jobOf } from "./on-node.ts";

/** What approving commands in Jobs means: the rest of such a Job is read from the cluster only when it starts. */
export function jobNotes({ environment, to }: PlanContext): readonly string[] {
  const jobs = allNodes(environment).flatMap((node) => {
    const via = jobOf(node, to);
    return via?.kind === "job" ? [`${via.image} like ${via.workload} in ${via.namespace}`] : [];
  });
  if (jobs.length === 0) return [];
  return [
    `What needs ${to} before its pods do runs in Kubernetes Jobs (${[...new Set(jobs)].join("; ")}). Image, command and namespace are part of what is approved; variables, volumes and account are those that the workload has at the moment of the start.`,
  ];
}
