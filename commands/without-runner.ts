import type { Environment } from "#src/plan/environment.ts";
import { whyNobodyRuns } from "#src/upgrade/known-runner.ts";
import type { Setting } from "./command.ts";

/** What to know where something was asked for that no runner would do now; undefined where one will. */
export async function warnWithoutRunner(
  { desk }: Pick<Setting, "desk">,
  environment: Environment,
): Promise<string | undefined> {
  return whyNobodyRuns(environment, await desk.runners());
}

/** Several warnings as one; undefined where there is none. */
export function joinWarnings(...warnings: readonly (string | undefined)[]): string | undefined {
  const told = warnings.filter((warning) => warning !== undefined);
  return told.length === 0 ? undefined : told.join("\n");
}
