import { buttonsOf } from "#practice/scenarios/people.ts";
import type { Message } from "#practice/scenarios/people.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { next } from "#src/upgrade/next.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { Truth } from "#test/chaos/world/site.ts";

/** An upgrade has to be over, or somebody is asked for something by a button that is there. */
export function judgeEnding(upgrade: Upgrade, shown: readonly Message[]): readonly string[] {
  if (upgrade.status === "closed") return [];
  const todo = next(upgrade, instantOf(Date.now()));
  const what = "step" in todo && todo.step !== undefined ? ` at ${todo.step.id}` : "";
  if (todo.do !== "wait")
    return [`${upgrade.id} is neither over nor waiting for a person: it should ${todo.do}${what}`];
  const isAsked = shown.some((message) => message.is_ephemeral !== true && buttonsOf(message).length > 0);
  return isAsked ? [] : [`${upgrade.id} waits for ${todo.for}${what}, and nobody is asked`];
}

const oldCore = "015_270_to_280";
const newCore = "020_330_to_340";

/** The state of the database has to be the one that follows from the steps that the record calls done. */
export function judgeTruth(
  upgrade: Upgrade,
  truth: Truth,
  versions: readonly (string | undefined)[],
): readonly string[] {
  const wrong = truth.isLocked
    ? "somebody still holds Kong's migration lock"
    : upgrade.status === "closed"
      ? wrongAtEnd(upgrade.outcome.kind, truth, versions)
      : wrongOnTheWay(upgrade, truth);
  return wrong === undefined ? [] : [`${upgrade.id}: ${wrong} (${JSON.stringify({ truth, versions })})`];
}

function wrongAtEnd(
  outcome: string,
  { core, pending }: Truth,
  versions: readonly (string | undefined)[],
): string | undefined {
  const isAt = (schema: string, version: string): boolean =>
    core === schema && pending === 0 && versions.every((each) => each === version);
  if (outcome === "completed" && !isAt(newCore, "3.4.2"))
    return "it is completed, and the installation is not on 3.4.2";
  return outcome === "rolled_back" && !isAt(oldCore, "2.8.5")
    ? "it is rolled back, and the installation is not on 2.8.5"
    : undefined;
}

function wrongOnTheWay(upgrade: Upgrade, { core, pending }: Truth): string | undefined {
  if (upgrade.status !== "active" || upgrade.rollback !== undefined) return undefined;
  const stateOf = (id: string): string => currentTrack(upgrade).steps.get(id)?.kind ?? "waiting";
  if (stateOf("migrations-finish") === "done" && pending > 0) return "finish is done, and migrations are pending";
  if (stateOf("migrations-up") === "done" && core !== newCore) return "up is done, and the schema is another";
  return stateOf("migrations-up") === "waiting" && core !== oldCore
    ? "up was not begun, and the schema has changed"
    : undefined;
}
