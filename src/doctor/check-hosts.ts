import { canonicalJson } from "#src/kernel/digest.ts";
import { describeTransport } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import type { KongNode } from "#src/plan/environment.ts";
import { minimalEnv } from "#src/run/process/minimal-env.ts";
import { askKubectl } from "#src/run/transports/kubectl.ts";
import type { Cluster } from "#src/run/transports/kubectl.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import type { Examination } from "./examine.ts";
import { failed, ok } from "./finding.ts";
import type { About, Finding } from "./finding.ts";

/** The name of a step that nobody runs: only whether an answer comes is of interest. */
const nobodysStep = "doctor";
const timeoutMs = 20_000;

const fixes = {
  ssh: "log in once by hand as the runner's account: host key in known_hosts, key or agent, user, port and jump hosts of the node's transport",
  docker: "see that the container runs and that the runner's account reaches the daemon",
  job: "see that context, namespace and workload of the node's transport are right",
  kubectl: "see that context, namespace and workload of the node's transport are right and that pods run",
} as const;

/** Whether the runner reaches the places of these nodes, each place once; nothing is started there but a shell that looks. */
export function hostExaminations(nodes: readonly KongNode[]): readonly Examination[] {
  const places = new Map(
    nodes.flatMap(({ transport }) => (transport === undefined ? [] : [[canonicalJson(transport), transport] as const])),
  );
  return [...places.values()]
    .map((via): Examination => ({
      area: "hosts",
      subject: describeTransport(via),
      fix: fixes[via.kind],
      timeoutMs,
      look: async () => [await checkPlace(via)],
    }))
    .concat(jobExaminations(nodes));
}

/** What the account of a runner has to be allowed where commands run in Jobs. */
const jobRights = [
  ["create", "jobs"],
  ["get", "jobs"],
  ["list", "jobs"],
  ["delete", "jobs"],
  ["list", "pods"],
  ["get", "pods", "--subresource=log"],
] as const;

function jobExaminations(nodes: readonly KongNode[]): readonly Examination[] {
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

async function checkPlace(via: Transport): Promise<Finding> {
  const about = { area: "hosts", subject: describeTransport(via) } as const;
  await using transports = openTransports(minimalEnv());
  const pinned = await transports.pin(via);
  if (!pinned.ok) return failed(about, pinned.problem, fixes[via.kind]);
  const state = await transports.look(pinned.value, nobodysStep);
  return state.kind === "unreachable"
    ? failed(about, state.problem, fixes[via.kind])
    : ok(about, "a shell answers there");
}
