import { proofOf } from "#src/plan/hook-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { Probe } from "#src/plan/probe.ts";
import { allNodes } from "#src/plan/sides.ts";
import type { Command, Step } from "#src/plan/step.ts";
import { kongCommand, kongCommandOf } from "#src/plan/steps/kong-command.ts";

/** What a look starts, and where. */
export type LookStart = Pick<Command, "argv" | "via">;

/**
 * The programs that the probes of a step start, as `src/run/probes` calls them: a runner that may not look must not claim
 * the step, or it would end as failed where another runner could have done it. What is asked over HTTP or of a database
 * starts nothing.
 */
export function looksOfStep(step: Step, environment: Environment): readonly LookStart[] {
  const nodes = new Map(allNodes(environment).map((node) => [node.name, node]));
  return [...step.precheck, ...proofOf(step)].flatMap((probe) => startsOf(probe, { environment, nodes }));
}

interface Site {
  readonly environment: Environment;
  readonly nodes: ReadonlyMap<string, KongNode>;
}

function startsOf(probe: Probe, site: Site): readonly LookStart[] {
  switch (probe.kind) {
    case "command_output":
    case "hook_done":
      return [probe.look];
    case "archive_readable":
      return [{ argv: [site.environment.tools.pgRestore] }];
    case "cli_version":
    case "migrations":
      return kongOf(probe.node, site, probe.version);
    case "node_stopped":
      return kongOf(probe.node, site);
    default:
      return [];
  }
}

/** A node that is not in the runner's own configuration is told by the comparison with the plan. */
function kongOf(name: string, { environment, nodes }: Site, version?: string): readonly LookStart[] {
  const node = nodes.get(name);
  if (node === undefined) return [];
  if (version !== undefined) return [kongCommandOf(environment, { node, version }, [])];
  // Where commands run in Jobs, a stopped node is looked for among its workload's pods.
  return node.job === undefined ? [kongCommand(environment, node, [])] : [];
}
