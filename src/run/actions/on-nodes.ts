import { proofOf } from "#src/plan/hook-of.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Command } from "#src/plan/step.ts";
import { isDecidedByProof } from "#src/run/judge-outcome.ts";
import { askProbe, askProof } from "#src/run/probes/ask-probe.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { CommandResult, NodeResult, ProbeResult } from "#src/upgrade/step-report.ts";
import type { ActionEnd, ActionResult } from "./action-result.ts";
import { runInOrder } from "./commands.ts";

/** Commands of one node, in order; those of the runner itself stand alone and are waited for on both sides. */
interface Lane {
  readonly node: string;
  readonly commands: readonly Command[];
  /** Which commands of the step they are. */
  readonly indexes: readonly number[];
}

/** How many reasons people see of a step that failed on several nodes. */
const shownReasons = 3;

/**
 * Runs the commands of several nodes side by side, a bounded number of nodes at once, and begins no further node once one
 * of them failed. A retry leaves out the nodes whose own proof says that they are done.
 */
export async function runOnNodes(
  commands: readonly Command[],
  nodesAtOnce: number,
  context: StepContext,
): Promise<ActionResult> {
  const run: Run = {
    context,
    deadline: performance.now() + context.step.timeoutMs,
    nodes: new Map(nodesOf(commands).map((node) => [node, { node, state: "not_begun" }])),
    results: [],
    ends: [],
  };
  // What runs elsewhere is noted and taken up again in the order of the step, so there one node follows the other.
  const atOnce = commands.some(({ via }) => via !== undefined) ? 1 : nodesAtOnce;
  for (const section of sectionsOf(commands)) {
    if (run.ends.length > 0) break;
    await Promise.all(workersOf(section, atOnce, run));
  }
  return { end: endOf(run), commands: run.results, nodes: [...run.nodes.values()] };
}

interface Run {
  readonly context: StepContext;
  readonly deadline: number;
  readonly nodes: Map<string, NodeResult>;
  readonly results: CommandResult[];
  /** Of the lanes that did not end well; the first stops the rest. */
  readonly ends: { readonly node: string; readonly end: Exclude<ActionEnd, { readonly kind: "completed" }> }[];
}

function workersOf(lanes: readonly Lane[], nodesAtOnce: number, run: Run): readonly Promise<void>[] {
  const waiting = lanes.values();
  const work = async (): Promise<void> => {
    for (const lane of waiting) {
      if (run.ends.length > 0) return;
      await runLane(lane, run);
    }
  };
  return Array.from({ length: Math.min(nodesAtOnce, lanes.length) }, work);
}

async function runLane({ node, commands, indexes }: Lane, run: Run): Promise<void> {
  const { context, nodes, results, ends, deadline } = run;
  const note = (result: Omit<NodeResult, "node">): void => {
    if (nodes.has(node)) nodes.set(node, { node, ...result });
  };
  if (context.attempt > 1 && (await isProven(node, context, askProbe))) {
    note({ state: "already_done" });
    await context.output.write([`[${node}] is left out: its own proof says that it is done`]);
    return;
  }
  const leftMs = Math.max(1, deadline - performance.now());
  const ran = await runInOrder(commands, laneOf(context, node), { kind: "start", leftMs, indexes });
  results.push(...ran.commands);
  const { end } = ran;
  const isDone =
    end.kind === "completed" ||
    (end.kind === "failed" && isDecidedByProof(context.step) && (await isProven(node, context, askProof)));
  if (isDone) {
    note({ state: "done" });
    return;
  }
  const isBegun = end.kind !== "failed" || end.wasStarted;
  note({ state: isBegun ? "failed" : "not_begun", reason: end.reason });
  ends.push({ node, end });
}

/** The same step as one node sees it: its lines name the node, and its processes are noted apart. */
function laneOf(context: StepContext, node: string): StepContext {
  const { output, running } = context;
  const named = (line: string): string => (line.startsWith(`[${node}] `) ? line : `[${node}] ${line}`);
  return {
    ...context,
    output: { ...output, write: (lines) => output.write(lines.map(named)) },
    running: {
      ...running,
      prepare: (place) => running.prepare({ ...place, lane: node }),
      remember: (place, noted) => running.remember({ ...place, lane: node }, noted),
      forget: (place) => running.forget({ ...place, lane: node }),
      outputFolder: (place) => running.outputFolder({ ...place, lane: node }),
    },
  };
}

/** Whether everything that is asked about this very node says yes; without such a question nobody can tell. */
async function isProven(
  node: string,
  context: StepContext,
  ask: (probe: Probe, asking: StepContext) => Promise<ProbeResult>,
): Promise<boolean> {
  const own = proofOf(context.step).filter((probe) => isAbout(probe, node));
  if (own.length === 0) return false;
  const answers = await Promise.all(own.map((probe) => ask(probe, context)));
  return answers.every(({ verdict }) => verdict === "ok");
}

/** Whether a question is about one node alone. */
export function isAbout(probe: Probe, node: string): boolean {
  if (probe.kind === "hook_done") return probe.look.target === node;
  return "node" in probe && probe.node === node;
}

function nodesOf(commands: readonly Command[]): readonly string[] {
  return [...new Set(commands.map(({ target }) => target))].filter((target) => target !== "runner");
}

/** Neighbouring commands of nodes are one section of lanes; each of the runner's own is a section of its own. */
function sectionsOf(commands: readonly Command[]): readonly (readonly Lane[])[] {
  const sections: Lane[][] = [];
  let isOpen = false;
  for (const [index, command] of commands.entries()) {
    const { target: node } = command;
    const isRunner = node === "runner";
    if (isRunner || !isOpen) sections.push([]);
    isOpen = !isRunner;
    const section = sections.at(-1) ?? [];
    const at = section.findIndex((lane) => lane.node === node);
    const before = section[at];
    if (before === undefined) section.push({ node, commands: [command], indexes: [index] });
    else section[at] = { node, commands: [...before.commands, command], indexes: [...before.indexes, index] };
  }
  return sections;
}

/** What is worst decides: processes that are left, then what was cut off, then what failed. */
function endOf({ ends, results }: Run): ActionEnd {
  const [first] = ends;
  if (first === undefined) return { kind: "completed" };
  const told = ends.slice(0, shownReasons).map(({ node, end }) => `${node}: ${end.reason}`);
  const more = ends.length > told.length ? [`and ${ends.length - told.length} more nodes`] : [];
  const reason = [...told, ...more].join("; ");
  const all = ends.map(({ end }) => end);
  const isGone = all.every((end) => end.kind === "failed" || end.isGone);
  if (all.some(({ kind }) => kind === "cancelled")) return { kind: "cancelled", reason, isGone };
  if (all.some(({ kind }) => kind === "cut_off")) return { kind: "cut_off", reason, isGone };
  return {
    kind: "failed",
    reason,
    wasStarted: results.length > 1 || all.some((end) => end.kind === "failed" && end.wasStarted),
  };
}
