import { acceptsDataPlane } from "#src/kong/hybrid/accepts-data-plane.ts";
import { formatVersion, parseVersion } from "#src/kong/version.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { KongNode } from "./kong-node.ts";
import { hostnameOf, nodesOfRole } from "./node-roles.ts";
import type { PlanContext } from "./plan-context.ts";
import type { Probe } from "./probe.ts";
import type { PlanRefusal } from "./refusal.ts";

type SeenDataPlane = NonNullable<NonNullable<Facts["installation"]>["dataPlanes"]>["value"][number];

/** Rows of data planes that are gone stay listed for 14 days; one that lives reports every 30 s (Kong 3.9.3). */
const deadAfterMs = 5 * 60_000;

/** What the control planes list, without what has been silent; undefined where nobody could read it. */
export function livingDataPlanes({ installation, observedAt }: Facts): readonly SeenDataPlane[] | undefined {
  const oldest = Date.parse(observedAt) - deadAfterMs;
  return installation?.dataPlanes?.value.filter(
    ({ lastSeen }) => lastSeen === undefined || Date.parse(lastSeen) >= oldest,
  );
}

/** Living data planes that no node of the configuration stands for: this program does not replace them. */
export function unknownDataPlanes(context: PlanContext): readonly SeenDataPlane[] {
  const known = new Set(nodesOfRole(context.environment, "data_plane").map((node) => hostnameOf(node)));
  return (livingDataPlanes(context.facts) ?? []).filter(({ hostname }) => !known.has(hostname));
}

/** Whether data planes of one version get configuration from a control plane of another; not where one is unreadable. */
export function followsControlPlane(dataPlane: string, controlPlane: string): boolean {
  const [data, control] = [parseVersion(dataPlane), parseVersion(controlPlane)];
  return data !== undefined && control !== undefined && acceptsDataPlane(control, data);
}

/**
 * That these data planes have this version and what the control plane gives them. Those of another major get nothing
 * from it and keep what they have: of them only version and connection can be asked.
 */
export function dataPlanesProbe(
  context: PlanContext,
  hostnames: readonly string[],
  versions: { readonly dataPlane: string; readonly controlPlane: string },
): readonly Probe[] {
  const [first] = nodesOfRole(context.environment, "control_plane");
  if (first === undefined) return [];
  const expect = followsControlPlane(versions.dataPlane, versions.controlPlane) ? "synced" : "connected";
  return [{ kind: "data_planes_synced", controlPlane: first.name, hostnames, version: versions.dataPlane, expect }];
}

/** Every data plane of the configuration as the control plane lists it now, one question per version. */
export function dataPlanesAsFound(context: PlanContext, controlPlane: string): readonly Probe[] {
  const nodes = nodesOfRole(context.environment, "data_plane");
  const seen = livingDataPlanes(context.facts) ?? [];
  const listed = seen.filter(
    ({ hostname }) => nodes.length === 0 || nodes.some((node) => hostnameOf(node) === hostname),
  );
  const versions = [...new Set(listed.map(({ version }) => normalise(version)))];
  return versions.flatMap((version) => {
    const hostnames = listed.filter((one) => normalise(one.version) === version).map(({ hostname }) => hostname);
    return dataPlanesProbe(context, hostnames, { dataPlane: version, controlPlane });
  });
}

/** Why these data planes cannot follow an upgrade that nobody would notice failing; asked before control planes move. */
export function refuseDataPlanes(context: PlanContext, controlPlane: string): readonly PlanRefusal[] {
  const seen = livingDataPlanes(context.facts);
  if (seen === undefined) return [unread];
  const nodes = nodesOfRole(context.environment, "data_plane");
  return [
    ...nodes.flatMap((node) => refuseNode(node, seen, context.facts)),
    ...seen.flatMap((dataPlane) => refuseSeen(dataPlane, controlPlane)),
  ];
}

const unread: PlanRefusal = {
  code: "data_planes_unread",
  sentence: "no control plane told which data planes it has",
  help: "let the runner read GET /clustering/data-planes of a control plane: without it nobody can prove that they follow",
};

function refuseNode(node: KongNode, seen: readonly SeenDataPlane[], facts: Facts): readonly PlanRefusal[] {
  const hostname = hostnameOf(node);
  const row = seen.find((candidate) => candidate.hostname === hostname);
  if (row === undefined) {
    const names = seen.map((candidate) => candidate.hostname).join(", ");
    return [
      {
        code: "data_plane_unknown",
        sentence: `no control plane has seen the data plane ${node.name} (${hostname}) in the last five minutes`,
        help: `start it, or set \`hostname\` of the node to one of those that are listed: ${names === "" ? "none" : names}`,
      },
    ];
  }
  const installed = facts.nodes.find(({ name }) => name === node.name)?.cliVersion;
  if (installed === undefined || normalise(installed) === normalise(row.version)) return [];
  return [
    {
      code: "package_differs",
      sentence: `${node.name} serves ${row.version}, but its installed package is ${installed}`,
      help: "restart the node with its package, or put the package of the running version back, then plan again",
    },
  ];
}

function refuseSeen({ hostname, version, syncStatus }: SeenDataPlane, controlPlane: string): readonly PlanRefusal[] {
  if (!followsControlPlane(version, controlPlane)) {
    return [
      {
        code: "data_plane_incompatible",
        sentence: `the data plane ${hostname} runs ${version}, which a control plane of ${controlPlane} gives no configuration`,
        help: "data planes have the major of their control planes and no newer minor: finish or roll back the earlier upgrade first",
      },
    ];
  }
  if (syncStatus === "normal") return [];
  return [
    {
      code: "data_plane_unhealthy",
      sentence: `the data plane ${hostname} does not follow its control plane: sync status ${syncStatus}`,
      help: "repair it before the upgrade: afterwards nobody could tell the old fault from a new one",
    },
  ];
}

function normalise(text: string): string {
  const version = parseVersion(text);
  return version === undefined ? text : formatVersion(version);
}
