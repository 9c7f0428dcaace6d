import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { Command } from "#src/plan/step.ts";
import { jobOf, wayTo } from "./on-node.ts";

/** A `kong` command of a node's own package, configuration and prefix; the password travels by reference. */
export function kongCommand(environment: Environment, node: KongNode, words: readonly string[]): Command {
  const password = environment.database?.password;
  return {
    target: node.name,
    argv: [node.kong, ...words],
    env: node.env,
    ...wayTo(node),
    secrets: { ...(password === undefined ? {} : { KONG_PG_PASSWORD: password }), ...node.secrets },
  };
}

/**
 * A `kong` command that has to be of this version. A Job has its secrets from the workload that it is made like: what the
 * runner gave it would stand in its manifest.
 */
export function kongCommandOf(
  environment: Environment,
  { node, version }: { readonly node: KongNode; readonly version: string },
  words: readonly string[],
): Command {
  const command = kongCommand(environment, node, words);
  const via = jobOf(node, version);
  return via === undefined ? command : { ...command, via, secrets: {} };
}

/** Flags by which a command reads this node's configuration. */
export function configurationFlags(node: KongNode): readonly string[] {
  return ["-c", node.conf, "-p", node.prefix];
}
