import type { Environment } from "#src/plan/environment.ts";
import type { Hook } from "#src/plan/hook.ts";
import type { Command } from "#src/plan/step.ts";
import { viaOf } from "./on-node.ts";

/** What the placeholders `{version}`, `{from}` and `{share}` of a hook stand for. */
export interface HookVersions {
  /** The version to install or to act for. */
  readonly version: string;
  /** The version that is there now. */
  readonly from: string;
  /** Percent of the traffic that the new side gets. */
  readonly share?: number;
}

/** The nodes that a hook is for, by name, and the environment that knows how to reach them. */
interface HookNodes {
  readonly environment: Environment;
  readonly nodes: readonly string[];
}

/**
 * A site-specific command with its placeholders filled in, before any digest is taken: once per node where it names
 * `{node}` or runs on nodes, else once.
 */
export function hookCommands(
  hook: Hook,
  { environment, nodes }: HookNodes,
  versions: HookVersions,
): readonly Command[] {
  const isPerNode = hook.on === "node" || hook.argv.some((word) => word.includes("{node}"));
  const share = versions.share === undefined ? "{share}" : String(versions.share);
  const fill = (words: readonly string[], node: string): readonly string[] =>
    words.map((word) =>
      word
        .replaceAll("{version}", versions.version)
        .replaceAll("{from}", versions.from)
        .replaceAll("{share}", share)
        .replaceAll("{node}", node),
    );
  const probeOf = (node: string): Pick<Command, "probe"> =>
    hook.probe === undefined ? {} : { probe: { argv: fill(hook.probe.argv, node), timeoutMs: hook.probe.timeoutMs } };
  const wayOf = (node: string): Pick<Command, "via"> => (hook.on === "node" ? viaOf(environment, node) : {});
  return (isPerNode ? nodes : ["runner"]).map((node) =>
    Object.assign(probeOf(node), { target: node, argv: fill(hook.argv, node), env: {}, secrets: {} }, wayOf(node)),
  );
}
