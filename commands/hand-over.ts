import { actorOf } from "#src/upgrade/identity.ts";
import { escapeText } from "#src/slack/views/text.ts";
import { targetArgument } from "./act.ts";
import type { Command } from "./command.ts";
import { callerOf, personOf, requester } from "./person.ts";
import { accepted, refused } from "./reply.ts";
import { upgradeOf } from "./target.ts";

export const handOver: Command = {
  word: "hand-over",
  summary: "let another operator run the upgrade from now on",
  details: [
    "Whoever takes over is mentioned from then on, and told by direct message. They cannot approve the upgrade any more; whoever ran it before still cannot.",
  ],
  example: "hand-over practice @bob",
  positionals: [
    targetArgument,
    { name: "person", description: "who takes over: an operator, as a mention", isRequired: true, kind: "word" },
  ],
  options: [],
  atTerminal: false,
  run: async (call) => {
    const upgrade = await upgradeOf(call, call.arguments.positionals.get("target"), "open");
    if (!upgrade.ok) return refused(upgrade.problem);
    const { id, request } = upgrade.value;
    const caller = await callerOf(call, request.environment);
    if (!caller.ok) return refused(caller.problem);
    const to = await personOf(call, call.arguments.positionals.get("person") ?? "", request.environment);
    if (!to.ok) return refused(to.problem);
    const by = requester(caller.value);
    const submitted = await call.desk.submit(id, { intent: "hand_over", to: to.value, by }, actorOf(by));
    if (!submitted.ok) return refused(submitted.problem);
    return accepted(id, `<@${to.value.userId}> runs *${id}* of ${escapeText(request.environment.name)} from now on.`);
  },
};
