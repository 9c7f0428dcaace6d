import type { Person } from "#approvals/person.ts";
import { durationMsSchema } from "#src/kernel/duration.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { dateToken } from "#src/slack/views/text.ts";
import { targetArgument } from "./act.ts";
import type { Call, Command } from "./command.ts";
import { callerOf, personOf, requester } from "./person.ts";
import { accepted, refused } from "./reply.ts";
import { upgradeOf } from "./target.ts";

export const delegate: Command = {
  word: "delegate",
  summary: "let another person vote in your place for a while, in this upgrade",
  details: [
    "The other one is named by the configuration as approver or operator and did not ask for the upgrade. They vote themselves, with their own name; the record says in whose place. Votes are not handed on from hand to hand.",
    "`--end` takes it back, by either side; a vote that was cast by it and not used does not count any more.",
  ],
  example: "delegate practice @dave --for 8h",
  positionals: [
    targetArgument,
    { name: "person", description: "who votes in your place, as a mention", isRequired: false, kind: "word" },
  ],
  options: [
    { name: "for", description: "for how long, e.g. 8h or 2d; at most 7d", value: "duration" },
    { name: "end", description: "ends what you handed on, or what was handed to you" },
  ],
  atTerminal: false,
  run: async (call) => {
    const upgrade = await upgradeOf(call, call.arguments.positionals.get("target"), "open");
    if (!upgrade.ok) return refused(upgrade.problem);
    const { id, request } = upgrade.value;
    const caller = await callerOf(call, request.environment);
    if (!caller.ok) return refused(caller.problem);
    const { options } = call.arguments;
    const intent = options.has("end") ? ending(call, caller.value) : await handing(call, upgrade.value, caller.value);
    if (!intent.ok) return refused(intent.problem);
    const submitted = await call.desk.submit(id, intent.value, actorOf(requester(caller.value)));
    if (!submitted.ok) return refused(submitted.problem);
    return accepted(id, said(intent.value, id));
  },
};

type Intent = IntentOf<"delegate_vote" | "end_delegation">;

async function handing(call: Call, { request }: Upgrade, from: Person): Promise<Result<Intent, Refusal>> {
  const { positionals, options } = call.arguments;
  const typed = positionals.get("person");
  const durationMs = durationMsSchema.safeParse(options.get("for") ?? "");
  if (typed === undefined || !durationMs.success || durationMs.data <= 0) return no(incomplete);
  const to = await personOf(call, typed, request.environment);
  if (!to.ok) return to;
  return ok({ intent: "delegate_vote", from, to: to.value, until: instantOf(call.now() + durationMs.data) });
}

function ending(call: Call, person: Person): Result<Intent, Refusal> {
  return call.arguments.positionals.has("person") || call.arguments.options.has("for")
    ? no(incomplete)
    : ok({ intent: "end_delegation", person });
}

const incomplete = refuse(
  "not_allowed",
  "Say who votes in your place and for how long, or end it.",
  "`/kong-upgrade delegate @person --for 8h`, or `/kong-upgrade delegate --end`.",
);

function said(intent: Intent, id: string): string {
  return intent.intent === "delegate_vote"
    ? `<@${intent.to.userId}> votes in your place in *${id}* until ${dateToken(intent.until)}. \`/kong-upgrade delegate --end\` takes it back.`
    : `Nobody votes in the place of another by you any more in *${id}*.`;
}
