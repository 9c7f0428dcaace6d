import { runKong } from "#src/discovery/kong-cli.ts";
import { readHealth } from "#src/kong/cli-output/health.ts";
import { sideOf } from "#src/plan/sides.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { knock } from "./knock.ts";
import { nodeOf } from "./node-of.ts";
import { livingPods } from "./workload-pods.ts";

/** A node is down when `kong health` says so and nothing accepts connections: the pid file alone may be gone or stale. */
export async function nodeStopped(
  { node: name }: Extract<Probe, { readonly kind: "node_stopped" }>,
  context: ProbeContext,
): Promise<Answer> {
  const node = nodeOf(context.environment, name);
  const [health, ...ports] = await Promise.all([
    healthOf(node, context),
    ...[node.admin, node.proxy].filter((url) => url !== undefined).map((url) => knock(url)),
  ]);
  const details = ports.map((port) => `${port.url}: ${port.said}`);
  if (health.kind === "running") return bad(`${name} runs: ${health.by}`, details);
  const open = ports.filter((port) => port.state === "open");
  if (open.length > 0) {
    return bad(`${name} still accepts connections on ${open.map((port) => port.url).join(" and ")}`, details);
  }
  if (health.kind === "unclear") return unclear(`kong health of ${name} is unclear: ${health.problem}`, details);
  if (ports.some((port) => port.state === "unclear")) {
    return unclear(`${name} does not run ${health.by}, but its addresses do not tell`, details);
  }
  return good(`${name} is down: no process, no open port`, details);
}

type Health =
  | { readonly kind: "running"; readonly by: string }
  | { readonly kind: "not_running"; readonly by: string }
  | { readonly kind: "unclear"; readonly problem: string };

/** A node whose commands run in Jobs is its workload: where it is scaled to 0, no program is left to be asked. */
async function healthOf(node: KongNode, { environment, ports }: ProbeContext): Promise<Health> {
  if (node.job !== undefined && node.transport?.kind === "kubectl") {
    const pods = await livingPods(node.transport, ports);
    return pods.length > 0
      ? { kind: "running", by: `${node.transport.pod} still has pods (${pods.slice(0, shownPods).join(", ")})` }
      : { kind: "not_running", by: "by the pods of its workload" };
  }
  const words = ["health", "-p", node.prefix];
  const health = readHealth(await runKong(sideOf(environment, node.name), { node, words }, ports));
  switch (health.kind) {
    case "running":
      return {
        kind: "running",
        by: "kong health finds its master process; where a service manager started it anew, stop it there",
      };
    case "unclear":
      return { kind: "unclear", problem: health.problem };
    default:
      return { kind: "not_running", by: "by kong health" };
  }
}

/** Pods that one sentence names. */
const shownPods = 5;
