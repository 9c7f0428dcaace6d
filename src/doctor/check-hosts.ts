import { canonicalJson } from "#src/kernel/digest.ts";
import { describeTransport } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import type { KongNode } from "#src/plan/environment.ts";
import { minimalEnv } from "#src/run/process/minimal-env.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import type { Examination } from "./examine.ts";
import { failed, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** The name of a step that nobody runs: only whether an answer comes is of interest. */
const nobodysStep = "doctor";
const timeoutMs = 20_000;

const fixes = {
  ssh: "log in once by hand as the runner's account: host key in known_hosts, key or agent, user, port and jump hosts of the node's transport",
  docker: "see that the container runs and that the runner's account reaches the daemon",
  kubectl: "see that context, namespace and workload of the node's transport are right and that pods run",
} as const;

/** Whether the runner reaches the places of these nodes, each place once; nothing is started there but a shell that looks. */
export function hostExaminations(nodes: readonly KongNode[]): readonly Examination[] {
  const places = new Map(
    nodes.flatMap(({ transport }) => (transport === undefined ? [] : [[canonicalJson(transport), transport] as const])),
  );
  return [...places.values()].map((via) => ({
    area: "hosts",
    subject: describeTransport(via),
    fix: fixes[via.kind],
    timeoutMs,
    look: async () => [await checkPlace(via)],
  }));
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
