import type { Hook } from "#src/plan/environment.ts";
import type { Command } from "#src/plan/step.ts";

/** What the placeholders `{version}` and `{from}` of a hook stand for. */
export interface HookVersions {
  /** The version to install or to act for. */
  readonly version: string;
  /** The version that is there now. */
  readonly from: string;
}

/**
 * A site-specific command with its placeholders filled in, before any digest is taken: once per node where it names
 * `{node}`, else once.
 */
export function hookCommands(hook: Hook, nodes: readonly string[], versions: HookVersions): readonly Command[] {
  const isPerNode = hook.argv.some((word) => word.includes("{node}"));
  return (isPerNode ? nodes : ["runner"]).map((node) => ({
    target: node,
    argv: hook.argv.map((word) =>
      word.replaceAll("{version}", versions.version).replaceAll("{from}", versions.from).replaceAll("{node}", node),
    ),
    env: {},
    secrets: {},
  }));
}
