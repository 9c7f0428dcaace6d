import { runKong } from "#src/discovery/kong-cli.ts";
import { readHealth } from "#src/kong/cli-output/health.ts";
import { sideOf } from "#src/plan/environment.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { knock } from "./knock.ts";
import { nodeOf } from "./node-of.ts";

/** A node is down when `kong health` says so and nothing accepts connections: the pid file alone may be gone or stale. */
export async function nodeStopped(
  { node: name }: Extract<Probe, { readonly kind: "node_stopped" }>,
  context: ProbeContext,
): Promise<Answer> {
  const node = nodeOf(context.environment, name);
  const [health, ...ports] = await Promise.all([
    runKong(sideOf(context.environment, name), { node, words: ["health", "-p", node.prefix] }, context.ports).then(
      readHealth,
    ),
    ...[node.admin, node.proxy].filter((url) => url !== undefined).map((url) => knock(url)),
  ]);
  const details = ports.map((port) => `${port.url}: ${port.said}`);
  if (health.kind === "running")
    return bad(
      `${name} runs: kong health finds its master process; where a service manager started it anew, stop it there`,
      details,
    );
  const open = ports.filter((port) => port.state === "open");
  if (open.length > 0) {
    return bad(`${name} still accepts connections on ${open.map((port) => port.url).join(" and ")}`, details);
  }
  if (health.kind === "unclear") return unclear(`kong health of ${name} is unclear: ${health.problem}`, details);
  if (ports.some((port) => port.state === "unclear")) {
    return unclear(`${name} does not run by kong health, but its addresses do not tell`, details);
  }
  return good(`${name} is down: no process, no open port`, details);
}
