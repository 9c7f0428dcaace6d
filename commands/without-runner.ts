import { instantOf } from "#src/kernel/instant.ts";
import type { Environment } from "#src/plan/environment.ts";
import { whyNobodyRuns } from "#src/upgrade/known-runner.ts";
import { isRunnersTurn } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { Setting } from "./command.ts";

/** What to know where something was asked for that no runner would do now; undefined where one will. */
export async function warnWithoutRunner(
  { desk }: Pick<Setting, "desk">,
  environment: Environment,
): Promise<string | undefined> {
  return whyNobodyRuns(environment, await desk.runners());
}

/** Says why nobody takes the turn of an upgrade: undefined where a runner does, and where it is not a runner's turn. */
export type WhyUnserved = (upgrade: Upgrade) => string | undefined;

/** Looks for the runners of these upgrades, once for all, where one of them waits for a runner. */
export async function lookForRunners(
  { desk, now }: Pick<Setting, "desk" | "now">,
  upgrades: readonly Upgrade[],
): Promise<WhyUnserved> {
  const at = instantOf(now());
  const isDue = (upgrade: Upgrade): boolean => isRunnersTurn(upgrade, at);
  const runners = upgrades.some(isDue) ? await desk.runners() : [];
  return (upgrade) => (isDue(upgrade) ? whyNobodyRuns(upgrade.request.environment, runners) : undefined);
}

/** Several warnings as one; undefined where there is none. */
export function joinWarnings(...warnings: readonly (string | undefined)[]): string | undefined {
  const told = warnings.filter((warning) => warning !== undefined);
  return told.length === 0 ? undefined : told.join("\n");
}
