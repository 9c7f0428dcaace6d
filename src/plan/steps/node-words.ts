import { unreachable } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { roleOf } from "#src/plan/node-roles.ts";

/** Why a node of this role is stopped, and what its clients notice. */
export function whyStop(environment: Environment, node: KongNode, quitSeconds: number): string {
  const role = roleOf(environment, node);
  switch (role) {
    case "traditional":
      return `No node may use the database while it is migrated or replaced. Running requests get ${quitSeconds} s to finish; clients of this node are not served from here on.`;
    case "control_plane":
      return "No control plane may use the database while it is migrated or replaced. Data planes go on serving what they have and log that they cannot connect; from here on nobody can change the configuration.";
    case "data_plane":
    case "dbless":
      return `The package of a running node is not replaced under it. Requests that are still running get ${quitSeconds} s to finish; the other nodes of its group serve meanwhile.`;
    default:
      return unreachable(role);
  }
}

/** Why a start is looked at, and what it means for traffic. */
export function whyStart(environment: Environment, node: KongNode): string {
  const role = roleOf(environment, node);
  const forked = "`kong start` only says that the master process was forked, so";
  switch (role) {
    case "traditional":
      return `${forked} the Admin API is asked for version and database. Traffic reaches this version from here on.`;
    case "control_plane":
      return `${forked} the Admin API is asked for version and database. Data planes connect to it from here on.`;
    case "data_plane":
    case "dbless":
      return `${forked} the node is asked whether it is ready and has a configuration. A load balancer that asks the same sends requests to it from here on.`;
    default:
      return unreachable(role);
  }
}
