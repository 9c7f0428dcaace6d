import { refuseDataPlanes, followsControlPlane, unknownDataPlanes } from "#src/plan/data-planes.ts";
import { nodesOfRole } from "#src/plan/node-roles.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { refuseFacts } from "#src/plan/refuse-facts.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import { controlPlaneVersion, refuseSilent } from "./refuse-rolling.ts";

/** Every reason why control planes and data planes cannot be upgraded one after the other here. */
export function refuseHybrid(context: PlanContext): readonly PlanRefusal[] {
  const { environment, facts, from, to } = context;
  const controlPlanes = nodesOfRole(environment, "control_plane");
  const isHybrid = environment.topology === "hybrid" && controlPlanes.length > 0;
  if (!isHybrid) return [environment.topology === "kubernetes" ? podsAreHelms : notHybrid(environment.name)];
  if (controlPlaneVersion(context) === to) return [controlPlanesDone(to)];
  return [
    ...controlPlanes.filter(({ admin }) => admin === undefined).map(({ name }) => withoutAdmin(name)),
    ...refuseFacts(environment, facts),
    ...nodesOfRole(environment, "traditional").map(({ name }) => withoutRole(name)),
    ...nodesOfRole(environment, "data_plane").flatMap((node) => refuseSilent(node)),
    ...refuseDataPlanes(context, from),
    ...refuseLeftBehind(context),
  ];
}

/** Data planes that nobody replaces would be cut off from their control planes for good. */
function refuseLeftBehind(context: PlanContext): readonly PlanRefusal[] {
  const { environment, to } = context;
  if (nodesOfRole(environment, "data_plane").length === 0) return [];
  return unknownDataPlanes(context)
    .filter(({ version }) => !followsControlPlane(version, to))
    .map(({ hostname, version }) => ({
      code: "data_plane_left_behind",
      sentence: `the data plane ${hostname} (${version}) is not a node of this environment, and control planes of ${to} would give it nothing`,
      help: "add it to the nodes with the role data_plane, or stop it before the upgrade",
    }));
}

const podsAreHelms: PlanRefusal = {
  code: "topology_unsupported",
  isMisfit: true,
  sentence: "Kubernetes replaces the pods of both planes itself",
  help: "plan with the strategy helm-split: it upgrades the control plane's release first",
};

function notHybrid(environment: string): PlanRefusal {
  return {
    code: "topology_unsupported",
    isMisfit: true,
    sentence: `${environment} has no control planes`,
    help: "this strategy is for hybrid installations: set the topology to hybrid and the role of every node",
  };
}

function controlPlanesDone(to: string): PlanRefusal {
  return {
    code: "control_planes_done",
    sentence: `the control planes already serve ${to}`,
    help: "only data planes are behind: plan with the strategy rolling",
  };
}

function withoutAdmin(name: string): PlanRefusal {
  return {
    code: "admin_missing",
    sentence: `the control plane ${name} has no Admin API address`,
    help: "set `admin` of the node: version, database and data planes are read there",
  };
}

function withoutRole(name: string): PlanRefusal {
  return {
    code: "role_missing",
    sentence: `${name} is neither configured as control plane nor as data plane`,
    help: "set `role` of every node of a hybrid installation",
  };
}
