import { proofOf } from "#src/plan/hook-of.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Command } from "#src/plan/step.ts";
import { isDecidedByProof } from "#src/run/judge-outcome.ts";
import { askProbe, askProof } from "#src/run/probes/ask-probe.ts";
import type { StepContext } from "#src/run/step-context.ts";
import { tallyLine } from "#src/upgrade/node-tally.ts";
import type { CommandResult, NodeResult, ProbeResult } from "#src/upgrade/step-report.ts";
import type { ActionEnd, ActionResult } from "./action-result.ts";
import { runInOrder } from "./commands.ts";
import type { Manner, StartedElsewhere } from "./elsewhere.ts";

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
  const run = createRun({ kind: "start" }, { commands, leftMs: context.step.timeoutMs }, context);
  for (const section of sectionsOf(commands)) {
    if (run.ends.length > 0) break;
    await Promise.all(workersOf(section, nodesAtOnce, run));
  }
  return resultOf(run);
}

/**
 * Follows the nodes to their end that this runner had begun elsewhere before it was started again itself, side by side as
 * they were begun, whatever became of the others; a node that had not begun by then is never begun.
 */
export async function takeUpOnNodes(
  { commands, started, begun: heard, leftMs }: StartedElsewhere,
  nodesAtOnce: number,
  context: StepContext,
): Promise<ActionResult> {
  const run = createRun({ kind: "take_up", begun: heard }, { commands, leftMs }, context);
  for (const section of sectionsOf(commands)) {
    const begun = section.filter(({ indexes }) => indexes.some((index) => started.has(index)));
    await Promise.all(workersOf(begun, nodesAtOnce, run));
    for (const lane of section) {
      if (run.ends.length > 0) break;
      if (!begun.includes(lane)) await leaveOut(lane, run);
    }
  }
  return resultOf(run);
}

interface Run {
  readonly manner: Manner;
  readonly context: StepContext;
  readonly deadline: number;
  readonly nodes: Map<string, NodeResult>;
  readonly results: CommandResult[];
  /** Of the lanes that did not end well; the first stops the rest. */
  readonly ends: { readonly node: string; readonly end: Exclude<ActionEnd, { readonly kind: "completed" }> }[];
}

function createRun(
  manner: Manner,
  { commands, leftMs }: Pick<StartedElsewhere, "commands" | "leftMs">,
  context: StepContext,
): Run {
  return {
    manner,
    context,
    deadline: performance.now() + leftMs,
    nodes: new Map(nodesOf(commands).map((node) => [node, { node, state: "not_begun" }])),
    results: [],
    ends: [],
  };
}

function resultOf(run: Run): ActionResult {
  return { end: endOf(run), commands: run.results, nodes: [...run.nodes.values()] };
}

function workersOf(lanes: readonly Lane[], nodesAtOnce: number, run: Run): readonly Promise<void>[] {
  const atOnce = Math.min(nodesAtOnce, lanes.length);
  const waiting = lanes.values();
  const now = new Set<string>();
  let begun = 0;
  let ended = 0;
  const isStopped = (): boolean => run.manner.kind === "start" && run.ends.length > 0;
  // Some nodes begin in the same moment; only then is it worth a line.
  const tell = async (): Promise<void> => {
    if (run.manner.kind !== "start" || lanes.length < 2 || begun < atOnce || isStopped()) return;
    await run.context.output.write([tallyLine({ done: ended, total: lanes.length, now: [...now] })]);
  };
  const work = async (): Promise<void> => {
    for (const lane of waiting) {
      if (isStopped()) return;
      begun += 1;
      now.add(lane.node);
      await tell();
      // Another may have failed while the line was written.
      if (isStopped()) return;
      if (run.manner.kind !== "start" || !(await isLeftOut(lane, run))) await runLane(lane, run);
      ended += 1;
      now.delete(lane.node);
      // Where another follows, its beginning tells.
      if (begun === lanes.length) await tell();
    }
  };
  return Array.from({ length: atOnce }, work);
}

/** Whether an earlier attempt has done the work of this node already. */
async function isLeftOut({ node }: Lane, run: Run): Promise<boolean> {
  const { context } = run;
  if (context.attempt === 1 || !(await isProven(node, context, askProbe))) return false;
  note(run, { node, state: "already_done" });
  await context.output.write([`[${node}] is left out: its own proof says that it is done`]);
  return true;
}

async function leaveOut(lane: Lane, run: Run): Promise<void> {
  if (await isLeftOut(lane, run)) return;
  const { node } = lane;
  const reason = "it had not begun when the runner was started again, and is not begun now";
  note(run, { node, state: "not_begun", reason });
  run.ends.push({ node, end: { kind: "failed", reason, wasStarted: run.results.length > 0 } });
}

async function runLane({ node, commands, indexes }: Lane, run: Run): Promise<void> {
  const { manner, context, results, ends, deadline } = run;
  const leftMs = Math.max(1, deadline - performance.now());
  const ran = await runInOrder(commands, laneOf(context, node), { manner, leftMs, indexes });
  results.push(...ran.commands);
  const { end } = ran;
  const isDone =
    end.kind === "completed" ||
    (end.kind === "failed" && isDecidedByProof(context.step) && (await isProven(node, context, askProof)));
  if (isDone) {
    note(run, { node, state: "done" });
    return;
  }
  const isBegun = end.kind !== "failed" || end.wasStarted;
  note(run, { node, state: isBegun ? "failed" : "not_begun", reason: end.reason });
  ends.push({ node, end });
}

/** The runner's own commands stand in no list of nodes. */
function note({ nodes }: Run, result: NodeResult): void {
  if (nodes.has(result.node)) nodes.set(result.node, result);
}

/** The same step as one node sees it: its lines name the node, and its processes are noted apart. */
function laneOf(context: StepContext, node: string): StepContext {
  const { output, running } = context;
  const isNamed = (line: string): boolean => line.startsWith(`[${node}] `) || line.startsWith(`[${node} `);
  const named = (line: string): string => (isNamed(line) ? line : `[${node}] ${line}`);
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
