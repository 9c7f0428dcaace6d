import { dataPlanesAsFound, dataPlanesProbe } from "#src/plan/data-planes.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import { baseline } from "./backup-steps.ts";
import { allInstalled, allServing, migrations, nodeNames, preflight, smokeProbes, verify } from "./check-steps.ts";
import { asFound, joinedAs } from "./roll-checks.ts";
import type { RollView } from "./roll-checks.ts";
import { lookAt } from "./look.ts";
import { sources } from "./sources.ts";

/** A hybrid installation, seen as a whole, by its control planes with their database, and by its data planes. */
export interface Hybrid {
  readonly whole: PlanContext;
  readonly controlPlanes: PlanContext;
  readonly dataPlanes: RollView;
}

/** The data planes as they were found: by themselves, and by control planes of this version. */
export function dataPlanesStill({ whole, dataPlanes }: Hybrid, controlPlane: string): readonly Probe[] {
  return [...asFound(dataPlanes.view), ...dataPlanesAsFound(whole, controlPlane), ...smokeProbes(whole)];
}

/** Looks whether both planes are as the facts say and fit to be upgraded. */
export function preflightHybrid(hybrid: Hybrid): Step {
  const { whole, controlPlanes, dataPlanes } = hybrid;
  const step = preflight(controlPlanes);
  return {
    ...step,
    title: `Check that ${counted(controlPlanes, "control plane")} and ${dataPlanesOf(dataPlanes)} serve and nothing is half done`,
    why: "The plan was made from facts that may have aged. Every node must run, every data plane must follow its control plane, no earlier upgrade may be unfinished, and nobody may hold the migration lock.",
    targets: nodeNames(whole),
    proof: [...step.proof, ...dataPlanesStill(hybrid, whole.from)],
    source: sources.ltsHybrid,
  };
}

/** The baseline of the control planes' database, with data planes that serve. */
export function baselineHybrid({ whole, controlPlanes, dataPlanes }: Hybrid): Step {
  return {
    ...baseline(whole),
    proof: [...allServing(controlPlanes, whole.from), ...asFound(dataPlanes.view)],
    source: sources.ltsHybrid,
  };
}

/** The new control planes serve, and the old data planes do not suffer from it. */
export function checkControlPlanes(hybrid: Hybrid): Step {
  const { whole, controlPlanes } = hybrid;
  return {
    ...lookAt(whole, "verify", nodeNames(whole)),
    id: "check-control-planes",
    title: `Check the control planes of ${whole.to}, and that the data planes still serve`,
    why: "A control plane proxies nothing, so the smoke tests go through the old data planes: clients must not have noticed anything. Data planes of another major show as incompatible and keep what they have.",
    proof: [...allServing(controlPlanes, whole.to), ...dataPlanesStill(hybrid, whole.to)],
    source: sources.ltsHybrid,
  };
}

/** Where no data plane is configured as a node, whoever owns them replaces them, and the control plane says whether all are. */
export function replaceByHand({ whole }: Hybrid, way: "forward" | "back"): readonly Step[] {
  const version = way === "forward" ? whole.to : whole.from;
  const phase = way === "forward" ? "roll_out" : "roll_back";
  const controlPlane = whole.to;
  return [
    {
      ...lookAt(whole, phase, nodeNames(whole)),
      id: "replace-data-planes",
      title: `Replace every data plane by one of ${version}`,
      why: "No data plane is configured as a node of this environment, so whoever runs them (an autoscaling group, another team) replaces them.",
      class: "disruptive",
      action: {
        kind: "manual",
        instruction: `Whoever runs the data planes: replace them by ${version}, one first and alone, then group by group, never so many that the rest cannot carry the traffic. Each has to be ready (GET /status/ready of its status API answers 200) before the next one goes. Done when GET /clustering/data-planes lists only ${version}.`,
        button: `All run ${version}`,
      },
      proof: [],
      wayBack: `Replace them by ${way === "forward" ? whole.from : whole.to} again, one by one.`,
      source: sources.ltsRolling,
    },
    {
      ...lookAt(whole, phase, nodeNames(whole)),
      id: "check-data-planes",
      title: `Check that every data plane runs ${version}`,
      why: "Every data plane that the control plane has seen within five minutes is looked at.",
      proof: dataPlanesProbe(whole, [], { dataPlane: version, controlPlane }),
      source: sources.ltsHybrid,
    },
  ];
}

/** Everything at once, after the last data plane. */
export function verifyHybrid(hybrid: Hybrid): Step {
  const step = verify(hybrid.whole);
  return {
    ...step,
    why: "Versions, migrations, number of entities, data planes and smoke tests are looked at together, after the last change.",
    proof: [...step.proof, ...allJoined(hybrid)],
    source: sources.ltsHybrid,
  };
}

/** The last look at an upgraded hybrid installation. */
export function closeHybrid(hybrid: Hybrid): Step {
  const { whole, controlPlanes } = hybrid;
  return {
    ...lookAt(whole, "close", nodeNames(whole)),
    id: "close",
    title: `Close: both planes serve ${whole.to}`,
    why: "The last look before the record is closed. Rows of replaced data planes stay in the control plane's list for 14 days. Keep the backup until the next one is proven.",
    // A person who removed the old package may have taken the new one along: a running node does not show it.
    proof: [
      ...allInstalled(whole, whole.to),
      ...allServing(whole, whole.to),
      migrations(controlPlanes, ["up_to_date"]),
      ...allJoined(hybrid),
    ],
    wayBack: "No way back inside this upgrade: a return to the old version is a restore planned anew.",
    source: sources.ltsHybrid,
  };
}

function allJoined({ whole, dataPlanes }: Hybrid): readonly Probe[] {
  const { nodes } = dataPlanes.view.environment;
  return nodes.length > 0
    ? joinedAs(dataPlanes, nodes, whole.to)
    : dataPlanesProbe(whole, [], { dataPlane: whole.to, controlPlane: whole.to });
}

function dataPlanesOf({ view }: RollView): string {
  return view.environment.nodes.length === 0 ? "the data planes" : counted(view, "data plane");
}

function counted({ environment: { nodes } }: PlanContext, what: string): string {
  return `${nodes.length} ${what}${nodes.length === 1 ? "" : "s"}`;
}
