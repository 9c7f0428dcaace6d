import { followsControlPlane, refuseDataPlanes } from "#src/plan/data-planes.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { nodesOfRole, nodesWithoutDatabase, usesDatabase } from "#src/plan/node-roles.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import { toldOfNode } from "#src/plan/told-of-node.ts";

/** Every reason why nodes cannot be replaced one by one here. */
export function refuseRolling(context: PlanContext): readonly PlanRefusal[] {
  const { environment } = context;
  if (environment.topology === "kubernetes") return [podsAreHelms];
  const nodes = nodesWithoutDatabase(environment);
  if (nodes.length === 0) return [nothingToRoll];
  const traditional = nodesOfRole(environment, "traditional");
  return [
    ...(traditional.length > 0 ? [usesOneDatabase(traditional)] : []),
    ...refuseControlPlanes(context),
    ...nodes.flatMap((node) => refuseSilent(node)),
    ...refuseOtherDatabase(context),
    ...refuseMissingFile(context),
  ];
}

/** The version that the control planes of the configuration serve; undefined where there are none. */
export function controlPlaneVersion({ environment, facts }: PlanContext): string | undefined {
  const names = new Set(nodesOfRole(environment, "control_plane").map(({ name }) => name));
  return facts.nodes.find(({ name, admin }) => names.has(name) && admin !== undefined)?.admin?.version;
}

/** A data plane without its status API could only be believed, not asked. */
export function refuseSilent({ name, role, admin, status }: KongNode): readonly PlanRefusal[] {
  if (status !== undefined || (admin !== undefined && role !== "data_plane")) return [];
  return [
    {
      code: "status_api_missing",
      sentence: `${name} has no status API that tells whether it is ready`,
      help: "set status_listen in its kong.conf (off by default before 3.6) and `status` of the node to the address as the runner reaches it",
    },
  ];
}

function refuseControlPlanes(context: PlanContext): readonly PlanRefusal[] {
  if (nodesOfRole(context.environment, "control_plane").length === 0) return [];
  const version = controlPlaneVersion(context);
  if (version === undefined) return [controlPlanesUnread];
  if (!followsControlPlane(context.to, version)) {
    return [
      {
        code: "control_plane_older",
        sentence: `the control planes serve ${version}, and data planes of ${context.to} get no configuration from them`,
        help: "upgrade the control planes first: strategy control-plane-first does both in order",
      },
    ];
  }
  return refuseDataPlanes(context, version);
}

const controlPlanesUnread: PlanRefusal = {
  code: "control_planes_unread",
  sentence: "no control plane told its version",
  help: "let the runner reach the Admin API of a control plane",
};

/** What a node itself says of its database goes before what the configuration says of its role. */
function refuseOtherDatabase({ environment, facts }: PlanContext): readonly PlanRefusal[] {
  return environment.nodes.flatMap((node) => {
    const database = toldOfNode(facts, node.name)?.admin?.database;
    if (database === undefined || database === "off" || usesDatabase(environment, node)) return [];
    return [
      {
        code: "database_in_use",
        sentence: `${node.name} runs with database = ${database}, and is configured as a node without one`,
        help: "a database is migrated, not rolled over: correct the role of the node, then choose another strategy",
      },
    ];
  });
}

function refuseMissingFile({ environment }: PlanContext): readonly PlanRefusal[] {
  if (environment.topology !== "dbless" || environment.declarative !== undefined) return [];
  return [
    {
      code: "declarative_missing",
      sentence: "nobody says which declarative file the nodes load",
      help: "set `declarative` with the file of now and the converted one; both are the same where nothing has to be converted",
    },
  ];
}

const podsAreHelms: PlanRefusal = {
  code: "topology_unsupported",
  isMisfit: true,
  sentence: "Kubernetes replaces the pods itself",
  help: "plan with the strategy helm or helm-split",
};

const nothingToRoll: PlanRefusal = {
  code: "nothing_to_roll",
  isMisfit: true,
  sentence: "no node of this environment works without a database",
  help: "rolling replaces DB-less nodes and data planes; nodes on a database are migrated in place or beside a second cluster",
};

function usesOneDatabase(nodes: readonly KongNode[]): PlanRefusal {
  const names = nodes.map(({ name }) => name).join(", ");
  return {
    code: "topology_unsupported",
    isMisfit: true,
    sentence: `${names} ${nodes.length === 1 ? "uses" : "use"} a database that has to be migrated for the new version`,
    help: "nodes on one database are not replaced one by one: plan in-place, dual-cluster or blue-green",
  };
}
