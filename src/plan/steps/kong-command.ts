import type { Environment, KongNode } from "#src/plan/environment.ts";
import type { Command } from "#src/plan/step.ts";
import { wayTo } from "./on-node.ts";

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

/** Flags by which a command reads this node's configuration. */
export function configurationFlags(node: KongNode): readonly string[] {
  return ["-c", node.conf, "-p", node.prefix];
}
