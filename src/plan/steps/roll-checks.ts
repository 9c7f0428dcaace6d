import { dataPlanesAsFound, dataPlanesProbe } from "#src/plan/data-planes.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { hostnameOf, installedVersion, isUp } from "#src/plan/node-roles.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import { allInstalled, allServing, nodeNames, smokeProbes } from "./check-steps.ts";
import { declarativePresent, filesUnchanged } from "./declarative-steps.ts";
import { lookAt } from "./look.ts";
import { sources } from "./sources.ts";

/** What nodes without a database are looked at with: their own view, and where they have one, their control plane's version. */
export interface RollView {
  /** Sees the nodes of the roll and no database. */
  readonly view: PlanContext;
  /** Sees everything, the control planes included. */
  readonly whole: PlanContext;
  /** The version of the control planes while the nodes are replaced. */
  readonly controlPlane: string;
}

/** Every node as it was found: its package, and that it is up. */
export function asFound(view: PlanContext): readonly Probe[] {
  return view.environment.nodes.flatMap((node) => [
    { kind: "cli_version", node: node.name, version: installedVersion(view, node) },
    ...isUp(view.environment, node, installedVersion(view, node)),
  ]);
}

/** That these nodes have this version by their control plane, too; nothing where no control plane is configured. */
export function joinedAs(
  { whole, controlPlane }: RollView,
  nodes: readonly KongNode[],
  version: string,
): readonly Probe[] {
  const dataPlanes = nodes.filter(({ role }) => role === "data_plane").map((node) => hostnameOf(node));
  return dataPlanes.length === 0 ? [] : dataPlanesProbe(whole, dataPlanes, { dataPlane: version, controlPlane });
}

/** That every node follows its control plane with the version that it had before. */
export function joinedAsFound(roll: RollView): readonly Probe[] {
  const { view } = roll;
  const versions = [...new Set(view.environment.nodes.map((node) => installedVersion(view, node)))];
  return versions.flatMap((version) =>
    joinedAs(
      roll,
      view.environment.nodes.filter((node) => installedVersion(view, node) === version),
      version,
    ),
  );
}

/** Looks whether every node is as the facts say, before anything is touched. */
export function preflightNodes({ view, whole, controlPlane }: RollView): Step {
  const { nodes } = view.environment;
  return {
    ...lookAt(view, "prepare", nodeNames(view)),
    id: "preflight",
    title: `Check that all ${nodes.length} nodes serve ${view.from} and nothing is half done`,
    why: "The plan was made from facts that may have aged. What is broken before the upgrade would be taken for its fault.",
    proof: [
      ...asFound(view),
      ...dataPlanesAsFound(whole, controlPlane),
      ...declarativePresent(view),
      ...smokeProbes(view),
    ],
    wayBack: "Nothing was changed.",
    source: sources.ltsRolling,
  };
}

/** Everything at once, after the last batch. */
export function verifyNodes(roll: RollView): Step {
  const { view } = roll;
  return {
    ...lookAt(view, "verify", nodeNames(view)),
    id: "verify",
    title: `Check that every node serves ${view.to}`,
    why: "After the last batch all nodes are looked at together: package, readiness, configuration, smoke tests.",
    proof: [
      ...allInstalled(view, view.to),
      ...allServing(view, view.to),
      ...joinedAs(roll, view.environment.nodes, view.to),
      ...filesUnchanged(view),
      ...smokeProbes(view),
    ],
    source: sources.ltsRolling,
  };
}

/** The last look at an upgraded installation. */
export function closeNew(roll: RollView): Step {
  const { view } = roll;
  return {
    ...lookAt(view, "close", nodeNames(view)),
    id: "close",
    title: `Close: all ${nodeNames(view).length} nodes serve ${view.to}`,
    why: "The last look before the record is closed. Keep watching the metrics for a while.",
    // A person who removed the old package may have taken the new one along: a running node does not show it.
    proof: [
      ...allInstalled(view, view.to),
      ...allServing(view, view.to),
      ...joinedAs(roll, view.environment.nodes, view.to),
    ],
    wayBack: "No way back inside this upgrade: a return to the old version is planned anew.",
    source: sources.ltsRolling,
  };
}
