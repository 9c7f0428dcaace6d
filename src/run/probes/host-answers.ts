import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { knock } from "./knock.ts";
import { nodeOf } from "./node-of.ts";

/** A host that refuses a connection is up just as one that accepts it; who says nothing may be down or behind a filter. */
export async function hostAnswers(
  { node: name }: Extract<Probe, { readonly kind: "host_answers" }>,
  { environment }: ProbeContext,
): Promise<Answer> {
  const node = nodeOf(environment, name);
  const ports = await Promise.all([node.admin, node.proxy].filter((url) => url !== undefined).map((url) => knock(url)));
  const details = ports.map((port) => `${port.url}: ${port.said}`);
  return ports.some((port) => port.state !== "unclear")
    ? good(`the host of ${name} is up`, details)
    : unclear(`the host of ${name} does not answer`, details);
}
