import { livePorts } from "#src/discovery/live-ports.ts";
import type { Environment } from "#src/plan/environment.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { createEnvironment, resolverFor } from "./stage.ts";

/** A database that is not there: nothing that needs one gets an answer. */
export const nowhere = "postgres://user:password@127.0.0.1:1/none";

/** What probes are asked with, on an environment without a database. */
export function withoutDatabase(
  changes: Partial<Environment>,
  secrets: Readonly<Record<string, string>> = {},
): ProbeContext {
  const { database: _, ...environment } = createEnvironment(nowhere, changes);
  return contextOf(environment, secrets);
}

export function contextOf(environment: Environment, secrets: Readonly<Record<string, string>> = {}): ProbeContext {
  const resolveSecret = resolverFor(nowhere, secrets);
  return {
    environment,
    ports: livePorts({ resolveSecret, baseEnv: { PATH: "/usr/bin:/bin" } }),
    redactor: createRedactor(Object.values(secrets)),
    baseline: {},
  };
}

/** The only node of the test environment, with other addresses or programs. */
export function nodeWith(changes: Partial<Environment["nodes"][number]>): Environment["nodes"][number] {
  const [node] = createEnvironment(nowhere).nodes;
  if (node === undefined) throw new Error("the test environment has a node");
  return { ...node, ...changes };
}
