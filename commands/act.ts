import type { Result } from "#src/kernel/result.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { escapeText } from "#src/slack/views/text.ts";
import { upgradeData } from "./answer-data.ts";
import type { Call, Option, Positional } from "./command.ts";
import { accepted, refused } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { upgradeOf } from "./target.ts";

export const targetArgument: Positional = {
  name: "target",
  description: "an environment or an upgrade id such as KU-2026-0007; the channel's environment when left out",
  isRequired: false,
  kind: "target",
};

export const reasonOption: Option = { name: "reason", description: "why, for the record", value: "text" };

type SubmittedIntent = Exclude<Intent, { readonly intent: "request" }>;

export interface Deed {
  readonly intentFor: (upgrade: Upgrade) => Result<SubmittedIntent, Refusal>;
  /** Past tense, e.g. "paused". */
  readonly done: string;
  /** What speaks against it that takes a look outside the record. */
  readonly refuse?: (upgrade: Upgrade) => Promise<Refusal | undefined>;
  /** What to know when it is done. */
  readonly warn?: (upgrade: Upgrade) => Promise<string | undefined>;
}

/** Finds the upgrade that is meant, asks for one thing, and says what came of it. */
export async function act(call: Call, deed: Deed): Promise<Reply> {
  const upgrade = await upgradeOf(call, call.arguments.positionals.get("target"), "open");
  if (!upgrade.ok) return refused(upgrade.problem);
  const intent = deed.intentFor(upgrade.value);
  if (!intent.ok) return refused(intent.problem);
  const problem = await deed.refuse?.(upgrade.value);
  if (problem !== undefined) return refused(problem);
  const submitted = await call.desk.submit(upgrade.value.id, intent.value, actorOf(call.by));
  if (!submitted.ok) return refused(submitted.problem);
  const { id, request } = upgrade.value;
  const warning = await deed.warn?.(submitted.value.upgrade);
  const state = upgradeData(submitted.value.upgrade, call.names);
  return accepted(
    id,
    `*${id}* of ${escapeText(request.environment.name)} is ${deed.done}; the thread of its card shows what follows.${warningText(warning)}`,
    { kind: "accepted", done: deed.done, warning: warning ?? null, upgrade: state },
  );
}

/** A second line for what to know, and nothing where there is nothing. */
export function warningText(warning: string | undefined): string {
  return warning === undefined ? "" : `\n⚠️ ${escapeText(warning, 1_500)}`;
}

/** Refusal for words that need a running upgrade. */
export function notActive(upgrade: Upgrade): Refusal {
  return refuse(
    "not_now",
    `${upgrade.id} is ${upgrade.status}, so there is no step to act on.`,
    "`/kong-upgrade status` shows where it is.",
  );
}
