import { canonicalJson } from "#src/kernel/digest.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { minimalEnv } from "#src/run/process/minimal-env.ts";
import { askKubectl } from "#src/run/transports/kubectl.ts";
import type { Cluster } from "#src/run/transports/kubectl.ts";
import type { Examination } from "./examine.ts";
import { failed, ok } from "./finding.ts";
import type { About, Finding } from "./finding.ts";

const timeoutMs = 20_000;

/** What the account of a runner has to be allowed where commands run in Jobs. */
const jobRights = [
  ["create", "jobs"],
  ["get", "jobs"],
  ["list", "jobs"],
  ["delete", "jobs"],
  ["list", "pods"],
  ["get", "pods", "--subresource=log"],
] as const;

/** Whether the runner may do what commands in Jobs need; asked of the cluster, which changes nothing. */
export function jobExaminations(nodes: readonly KongNode[]): readonly Examination[] {
  const places = new Map(
    nodes.flatMap(({ job, transport }) =>
      job === undefined || transport?.kind !== "kubectl"
        ? []
        : [[canonicalJson([transport.context, transport.namespace, transport.pod]), transport] as const],
    ),
  );
  return [...places.values()].map((cluster) => {
    const about = { area: "hosts", subject: `jobs in ${cluster.namespace} of ${cluster.context}` } as const;
    const fix = "give the runner's account a role in that namespace with these rights (docs/kubernetes-jobs.md)";
    const look = async (): Promise<readonly Finding[]> => [await checkRights(about, cluster, fix)];
    return { area: about.area, subject: about.subject, fix, timeoutMs, look };
  });
}

async function checkRights(about: About, cluster: Cluster & { readonly pod: string }, fix: string): Promise<Finding> {
  const [kind = ""] = cluster.pod.split("/");
  const rights = [...jobRights, ["get", `${kind}s`]];
  const answers = await Promise.all(
    rights.map(async (words) => ({
      words: words.join(" "),
      asked: await askKubectl(cluster, minimalEnv(), ["auth", "can-i", ...words]),
    })),
  );
  const denied = answers.filter(({ asked }) => asked.kind === "failed");
  const [first] = denied;
  if (first === undefined) return ok(about, "may be made, watched and deleted");
  const said = first.asked.kind === "failed" ? first.asked.problem : "";
  return failed(about, `not allowed: ${denied.map(({ words }) => words).join(", ")} (${said})`, fix);
}
