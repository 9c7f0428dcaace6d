import type { Facts } from "#src/kong/facts.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { formatVersion, parseVersion } from "#src/kong/version.ts";
import { livingDataPlanes } from "./data-planes.ts";
import type { Environment } from "./environment.ts";
import type { KongNode } from "./kong-node.ts";
import { hostnameOf, nodesOfRole } from "./node-roles.ts";
import type { PlanRefusal } from "./refusal.ts";
import { toldOfNode } from "./told-of-node.ts";

/**
 * The one version that every node runs and has installed; refused where nodes differ or do not tell. Control planes speak
 * for a hybrid installation, whose data planes may be behind; where they serve the wanted version already, the data
 * planes that are behind do. Where Kubernetes runs the nodes, it is what discovery read there.
 */
export function runningVersion(
  environment: Environment,
  facts: Facts,
  to: string,
): Result<string, readonly PlanRefusal[]> {
  if (environment.nodes.length === 0) return versionInCluster(environment, facts);
  const controlPlanes = nodesOfRole(environment, "control_plane");
  if (controlPlanes.length === 0) return commonVersion(environment.nodes, facts);
  const leading = commonVersion(controlPlanes, facts);
  if (!leading.ok || leading.value !== to) return leading;
  const behind = nodesOfRole(environment, "data_plane").filter((node) => versionOf(node, facts) !== to);
  return behind.length > 0 ? commonVersion(behind, facts) : leading;
}

function versionOf(node: KongNode, facts: Facts): string | undefined {
  const told = toldOfNode(facts, node.name);
  return normalise(told?.admin?.version ?? seenByControlPlane(node, facts) ?? told?.cliVersion);
}

function commonVersion(nodes: readonly KongNode[], facts: Facts): Result<string, readonly PlanRefusal[]> {
  const refusals: PlanRefusal[] = [];
  const versions = new Map<string, readonly string[]>();
  for (const node of nodes) {
    const { name } = node;
    const told = toldOfNode(facts, name);
    const serving = normalise(told?.admin?.version ?? seenByControlPlane(node, facts));
    const installed = normalise(told?.cliVersion);
    const version = serving ?? installed;
    if (serving !== undefined && installed !== undefined && serving !== installed) {
      refusals.push({
        code: "package_differs",
        sentence: `${name} serves ${serving}, but its installed package is ${installed}`,
        help: "restart the node with its package, or put the package of the running version back, then plan again",
      });
    }
    if (version === undefined) refusals.push(silentNode(name, facts));
    else versions.set(version, [...(versions.get(version) ?? []), name]);
  }
  if (versions.size > 1) {
    const groups = [...versions].map(([version, names]) => `${names.join(", ")}: ${version}`);
    refusals.push({
      code: "mixed_versions",
      sentence: `the nodes run different versions (${groups.join("; ")})`,
      help: "finish or roll back the earlier upgrade until all nodes run the same version",
    });
  }
  const [from] = versions.keys();
  return from === undefined || refusals.length > 0 ? no(refusals) : ok(from);
}

/** A data plane has no Admin API that could tell its version; its control plane can. */
function seenByControlPlane(node: KongNode, facts: Facts): string | undefined {
  return node.role === "data_plane"
    ? livingDataPlanes(facts)?.find(({ hostname }) => hostname === hostnameOf(node))?.version
    : undefined;
}

function versionInCluster(environment: Environment, facts: Facts): Result<string, readonly PlanRefusal[]> {
  const version = normalise(facts.installation?.version?.value);
  if (version !== undefined) return ok(version);
  return no([
    {
      code: "version_unknown",
      sentence: `nobody told which version ${environment.name} runs`,
      help: "no nodes are configured, so the runner has to read it: from the image tags of the workloads, or from an Admin API",
    },
  ]);
}

function normalise(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const version = parseVersion(text);
  return version === undefined ? text : formatVersion(version);
}

function silentNode(name: string, facts: Facts): PlanRefusal {
  const problems = facts.sources.flatMap((source) =>
    source.outcome.kind === "failed" && source.name.startsWith(`${name}:`) ? [source.outcome.problem] : [],
  );
  return {
    code: "version_unknown",
    sentence: `${name} told its version neither by the Admin API nor by \`kong version\`${problems.length > 0 ? ` (${problems.join("; ")})` : ""}`,
    help: "check that the runner reaches the node's Admin API and its kong command",
  };
}
