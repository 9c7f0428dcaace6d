import { errorMessage } from "#src/kernel/app-error.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { SmokeTest } from "#src/plan/smoke-test.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { nodeOf } from "./node-of.ts";
import { sendRequest } from "./send-request.ts";

/** Sends every smoke test through the proxy of every node, one after the other per node. */
export async function smoke(
  { nodes, tests }: Extract<Probe, { readonly kind: "smoke" }>,
  { environment }: ProbeContext,
): Promise<Answer> {
  if (tests.length === 0) return unclear("no smoke tests are configured");
  const perNode = await Promise.all(nodes.map((name) => testNode(nodeOf(environment, name), tests)));
  const failures = perNode.flat();
  const count = nodes.length * tests.length;
  return failures.length === 0
    ? good(`${count} smoke tests pass on ${nodes.join(", ")}`)
    : bad(`${failures.length} of ${count} smoke tests fail: ${failures[0] ?? ""}`, failures);
}

async function testNode(node: KongNode, tests: readonly SmokeTest[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const test of tests) {
    const failure = await tryOne(node, test);
    if (failure !== undefined) failures.push(`${node.name}, ${test.name}: ${failure}`);
  }
  return failures;
}

async function tryOne(node: KongNode, test: SmokeTest): Promise<string | undefined> {
  const { method, path, headers, expectStatus } = test;
  try {
    const status = await sendRequest(new URL(`${node.proxy.replace(/\/+$/u, "")}${path}`), { method, headers });
    return status === expectStatus ? undefined : `${method} ${path} answered ${status}, expected ${expectStatus}`;
  } catch (error) {
    return `${method} ${path} got no answer: ${errorMessage(error)}`;
  }
}
