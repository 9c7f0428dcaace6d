import type { Facts } from "#src/kong/facts.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { formatVersion, parseVersion } from "#src/kong/version.ts";
import type { Environment } from "./environment.ts";
import type { PlanRefusal } from "./refusal.ts";

/** The one version that every node runs and has installed; refused where nodes differ or do not tell. */
export function runningVersion(environment: Environment, facts: Facts): Result<string, readonly PlanRefusal[]> {
  const refusals: PlanRefusal[] = [];
  const versions = new Map<string, readonly string[]>();
  for (const { name } of environment.nodes) {
    const node = facts.nodes.find((candidate) => candidate.name === name);
    const serving = normalise(node?.admin?.version);
    const installed = normalise(node?.cliVersion);
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
