import { tellsTraffic } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { isUp, viewOf } from "#src/plan/node-roles.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import { rollingSettings } from "./batches.ts";
import type { Batch } from "./batches.ts";
import { allInstalled, allServing, nodeNames, ofPartOfTraffic, smokeProbes, soak } from "./check-steps.ts";
import { admit, drain } from "./drain-steps.ts";
import { install, startNode, stopNode } from "./node-steps.ts";
import type { Direction } from "./node-steps.ts";
import { sources } from "./sources.ts";
import { sideBySide, together } from "./together.ts";

/**
 * Where the rest of a group is larger it is asked as a whole: one question for each node in each batch would make the plan
 * grow with the square of the nodes.
 */
const askedOneByOne = 20;

/** Nodes without a database that are replaced batch by batch; the same going forward and back. */
export interface Roll {
  /** Sees the nodes of this roll, those that stay as they are included, and no database. */
  readonly context: PlanContext;
  readonly phase: "roll_out" | "roll_back";
  readonly batches: readonly Batch[];
  /** The version that a node runs which this roll has not reached. */
  readonly runs: (node: KongNode) => string;
  /** What must still be true before each batch is taken out of traffic. */
  readonly precheck: readonly Probe[];
  /** What nodes have to do besides being up, such as following their control plane. */
  readonly joined: (batch: Batch) => readonly Probe[];
  /** Steps between the package and the start of a batch. */
  readonly prepare: (batch: Batch, view: PlanContext) => readonly Step[];
  /** The batch as it is started: with another environment variable, say. */
  readonly starting: (view: PlanContext) => PlanContext;
  readonly wayBack: (batch: Batch) => string;
  readonly source: string;
}

/** One batch after the other; each is proven before the next is touched. */
export function rollSteps(roll: Roll): readonly Step[] {
  return roll.batches.flatMap((batch) => batchSteps(roll, batch).map((step) => sideBySide(step, batch)));
}

function batchSteps(roll: Roll, batch: Batch): readonly Step[] {
  const { phase, source } = roll;
  const view = viewOf(roll.context, batch.nodes);
  const direction: Direction = { phase, precheck: [], wayBack: roll.wayBack(batch), source };
  return [
    ...takeAway(roll, batch, { view, direction }),
    ...(batch.from === batch.to ? [] : [installBatch(view, batch, direction)]),
    ...roll.prepare(batch, view),
    ...together(
      roll.starting(view).environment.nodes.map((node) => startNode(view, { node, version: batch.to }, direction)),
      batch,
      { id: `start-batch-${batch.number}`, title: `Start ${nodeNames(view).join(", ")} with ${batch.to}` },
    ),
    test(roll, batch, view),
    ...(batch.isCanary ? tryByHand(view, batch) : []),
    ...admit(view, batch, { phase, precheck: [], proof: allServing(view, batch.to) }),
    ...watch(roll, batch, view),
  ];
}

/**
 * Out of traffic, then down. The rest of the group is asked right before a node is taken away by this program: nobody
 * asks when a person does it, so it is asked before the stop then.
 */
function takeAway(roll: Roll, batch: Batch, { view, direction }: Taking): readonly Step[] {
  const others = othersUp(roll, batch);
  const runs: readonly Probe[] = others.length > 0 ? others : allInstalled(view, batch.from);
  const shared = { phase: roll.phase, precheck: [...roll.precheck, ...runs], proof: runs };
  const drained = batch.isAway ? undefined : drain(view, batch, shared);
  const isAsked = drained !== undefined && drained.action.kind !== "manual";
  const first = isAsked ? [] : [...roll.precheck, ...others];
  return [
    ...(drained === undefined ? [] : [isAsked ? drained : { ...drained, precheck: [], proof: [] }]),
    ...together(
      batch.nodes.map((node, index) =>
        stop(view, { node, batch }, { ...direction, precheck: index === 0 ? first : [] }),
      ),
      batch,
      { id: `stop-batch-${batch.number}`, title: `Stop ${nodeNames(view).join(", ")}` },
    ),
  ];
}

interface Taking {
  readonly view: PlanContext;
  readonly direction: Direction;
}

/** The rest of the group, each with the version that it has by then. */
function othersUp(roll: Roll, batch: Batch): readonly Probe[] {
  const done = new Map(
    roll.batches
      .filter(({ number }) => number < batch.number)
      .flatMap(({ nodes, to }) => nodes.map(({ name }) => [name, to] as const)),
  );
  const versionOf = (node: KongNode): string => done.get(node.name) ?? roll.runs(node);
  const { others } = batch;
  return others.length > askedOneByOne
    ? [restUp(roll, batch, [...new Set(others.map(versionOf))])]
    : others.flatMap((node) => isUp(roll.context.environment, node, versionOf(node)));
}

/** A large group in one question: as many of it may be away as the site allows at any time, the batch included. */
function restUp(
  { context: { environment } }: Roll,
  { nodes: [first], others }: Batch,
  versions: readonly string[],
): Probe {
  const serving = new Set(others);
  const except = environment.nodes
    .filter((node) => node.group === first?.group && !serving.has(node))
    .map(({ name }) => name);
  const spare = Math.max(0, rollingSettings(environment).maxUnavailable - except.length);
  return {
    kind: "group_serving",
    ...(first?.group === undefined ? {} : { group: first.group }),
    except,
    versions,
    minimum: Math.max(1, others.length - spare),
  };
}

interface InBatch {
  readonly node: KongNode;
  readonly batch: Batch;
}

function stop(view: PlanContext, { node, batch }: InBatch, direction: Direction): Step {
  const step = stopNode(view, node, direction);
  if (batch.others.length > 0) return step;
  return {
    ...step,
    why: `The package of a running node is not replaced under it. ${node.name} has nobody else in its group: its clients are not served until it is back.`,
  };
}

function installBatch(view: PlanContext, { number, from, to }: Batch, direction: Direction): Step {
  return { ...install(view, { version: to, from }, direction), id: `install-batch-${number}` };
}

/** Asks the nodes themselves, before or while the first requests reach them. */
function test(roll: Roll, batch: Batch, view: PlanContext): Step {
  const names = nodeNames(view);
  const smoke = smokeProbes(view);
  return {
    ...looking(roll, view),
    id: `test-batch-${batch.number}`,
    title: `Check that ${names.join(", ")} ${names.length === 1 ? "serves" : "serve"} ${batch.to}`,
    why:
      smoke.length > 0
        ? "A node that runs is not a node that routes: the smoke tests go through its own proxy, past the load balancer."
        : "Package, readiness and configuration are looked at together. No smoke tests are configured that would send a request.",
    action: { kind: "check" },
    proof: [...allInstalled(view, batch.to), ...allServing(view, batch.to), ...roll.joined(batch), ...smoke],
    timeoutMs: view.environment.timeouts.commandMs,
    source: sources.smoke,
  };
}

/** The first node is tried by a person where no smoke tests do it. */
function tryByHand(view: PlanContext, batch: Batch): readonly Step[] {
  if (smokeProbes(view).length > 0) return [];
  const names = nodeNames(view).join(", ");
  return [
    {
      phase: "roll_out",
      id: `try-batch-${batch.number}`,
      title: `Try the most important requests against ${names}`,
      why: "No smoke tests are configured, so a person has to do it while only one node runs the new version: routes with regular expressions, each kind of authentication, the busiest paths.",
      class: "safe",
      action: {
        kind: "manual",
        instruction: `Send the requests that matter most straight to ${names} and compare the answers with those of a node that still runs ${batch.from}.`,
        button: "The requests work",
      },
      targets: nodeNames(view),
      precheck: [],
      proof: [],
      timeoutMs: view.environment.timeouts.commandMs,
      isIdempotent: true,
      wayBack: "Nothing was changed by testing.",
      source: sources.ltsRolling,
    },
  ];
}

/** The first node is watched as long as a whole upgrade is, the others for the pause between batches. */
function watch(roll: Roll, batch: Batch, view: PlanContext): readonly Step[] {
  const { environment } = view;
  const isMeasured = tellsTraffic(environment) || smokeProbes(view).length > 0;
  const durationMs = batch.isCanary ? environment.soak.durationMs : rollingSettings(environment).pauseMs;
  if (!isMeasured || durationMs === 0) return [];
  const names = nodeNames(view).join(", ");
  const short = { ...view, environment: { ...environment, soak: { ...environment.soak, durationMs } } };
  const step = soak(short);
  return [
    {
      ...step,
      phase: roll.phase,
      action: ofPartOfTraffic(step.action),
      id: `watch-batch-${batch.number}`,
      title: batch.isCanary ? `Watch ${names}, the first node, under real traffic` : `Watch ${names} for a while`,
      why: batch.isCanary
        ? "What is wrong with the new version shows on one node here, and one node is quickly taken back."
        : step.why,
      proof: [...allServing(view, batch.to), ...roll.joined(batch), ...smokeProbes(view)],
      wayBack: roll.wayBack(batch),
      source: sources.ltsRolling,
    },
  ];
}

function looking(
  { phase }: Roll,
  view: PlanContext,
): Pick<Step, "phase" | "class" | "targets" | "precheck" | "isIdempotent" | "wayBack"> {
  return {
    phase,
    class: "safe",
    targets: nodeNames(view),
    precheck: [],
    isIdempotent: true,
    wayBack: "Nothing was changed by looking.",
  };
}
