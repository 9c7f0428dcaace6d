import type { KongNode } from "#src/plan/kong-node.ts";
import { isUp, restOfGroup } from "#src/plan/node-roles.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good, unclear } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { readyWithOneOf } from "./node-ready.ts";
import { servesOneOf } from "./node-serving.ts";

type GroupServing = Extract<Probe, { readonly kind: "group_serving" }>;

/** Each takes two connections for a moment; with 10 s for one that is silent, 500 silent nodes are known in 100 s. */
const nodesAtOnce = 50;
/** Names that fit into one sentence; the reasons of more stand in the details. */
const shownNodes = 5;

/** Asks every node of a group but those that are away, a bounded number at once, and names those that are not up. */
export async function groupServing(probe: GroupServing, context: ProbeContext): Promise<Answer> {
  const nodes = restOfGroup(context.environment, probe);
  const answers = await askEach(nodes, (node) => isServing(node, probe, context));
  const wrong = answers.filter(({ answer }) => answer.verdict !== "ok");
  const serving = answers.length - wrong.length;
  const unsure = wrong.filter(({ answer }) => answer.verdict === "undetermined").length;
  const summary = `${serving} of ${nodes.length} other nodes ${where(probe)} are up with ${probe.versions.join(" or ")}${missing(wrong, probe)}`;
  const details = wrong.map(({ answer }) => answer.summary);
  if (serving >= probe.minimum) return good(summary, details);
  return serving + unsure >= probe.minimum ? unclear(summary, details) : bad(summary, details);
}

interface Asked {
  readonly node: KongNode;
  readonly answer: Answer;
}

/** In the order of the nodes. */
async function askEach(
  nodes: readonly KongNode[],
  ask: (node: KongNode) => Promise<Answer>,
): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const waiting = nodes.entries();
  const work = async (): Promise<void> => {
    for (const [index, node] of waiting) asked[index] = { node, answer: await ask(node) };
  };
  await Promise.all(Array.from({ length: Math.min(nodesAtOnce, nodes.length) }, work));
  return asked;
}

/** The first question that is not answered with yes, else the last answer. */
async function isServing(node: KongNode, { versions }: GroupServing, context: ProbeContext): Promise<Answer> {
  let last = unclear(`${node.name} has no address at which it could be asked`);
  for (const { kind } of isUp(context.environment, node, versions[0] ?? "")) {
    const ask = kind === "node_serving" ? servesOneOf : readyWithOneOf;
    last = await ask(node.name, versions, context);
    if (last.verdict !== "ok") return last;
  }
  return last;
}

function where({ group }: GroupServing): string {
  return group === undefined ? "without a group" : `of ${group}`;
}

function missing(wrong: readonly Asked[], { minimum }: GroupServing): string {
  if (wrong.length === 0) return "";
  const names = wrong.slice(0, shownNodes).map(({ node }) => node.name);
  const more = wrong.length > names.length ? ` and ${wrong.length - names.length} more` : "";
  return `, at least ${minimum} have to be; not ${names.join(", ")}${more}`;
}
