import { actorOf } from "#src/upgrade/identity.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { needsReview } from "#src/upgrade/review.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { targetArgument } from "./act.ts";
import type { Call, Command } from "./command.ts";
import { callerOf, requester } from "./person.ts";
import { accepted, refused } from "./reply.ts";
import { asUpgradeId, environmentOf, upgradeOf } from "./target.ts";

/** Checks and dry runs may lie between the broken glass and now; beyond this the upgrade id is needed. */
const maxLookedThrough = 100;
/** The record keeps no longer note from a dialog either. */
const maxNote = 1_000;

export const review: Command = {
  word: "review",
  summary: "close the review of an upgrade that ran a step without its approval",
  details: [
    "After a broken glass the environment takes no new upgrade until somebody who had no part in it (did not ask, start, take over, or break the glass) looked at the thread and says so here, with a note.",
    "Everything after the environment or upgrade id is the note.",
  ],
  example: "review KU-2026-0007 read the thread and the dump; the step was right, the on-call list was not",
  positionals: [
    targetArgument,
    { name: "note", description: "what you looked at, and what you think of it", isRequired: true, kind: "text" },
  ],
  options: [],
  atTerminal: false,
  run: async (call) => {
    const upgrade = await unreviewed(call, call.arguments.positionals.get("target"));
    if (!upgrade.ok) return refused(upgrade.problem);
    const { id, request } = upgrade.value;
    const caller = await callerOf(call, request.environment);
    if (!caller.ok) return refused(caller.problem);
    const by = requester(caller.value);
    const note = (call.arguments.positionals.get("note") ?? "").slice(0, maxNote);
    const submitted = await call.desk.submit(id, { intent: "review_break_glass", note, by }, actorOf(by));
    if (!submitted.ok) return refused(submitted.problem);
    return accepted(id, `The review of *${id}* is closed with your name. New upgrades can be planned.`);
  },
};

/** The upgrade that is named, or the one of the environment that waits for a review. */
async function unreviewed(call: Call, typed: string | undefined): Promise<Result<Upgrade, Refusal>> {
  if (asUpgradeId(typed) !== undefined) return upgradeOf(call, typed, "newest");
  const environment = environmentOf(call, typed);
  if (!environment.ok) return environment;
  const { name } = environment.value;
  const found = (await call.desk.list({ environment: name, limit: maxLookedThrough })).find(needsReview);
  return found === undefined
    ? no(refuse("not_now", `No upgrade of ${name} waits for a review.`, "Nothing has to be reviewed."))
    : ok(found);
}
