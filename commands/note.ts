import { actorOf } from "#src/upgrade/identity.ts";
import { targetArgument } from "./act.ts";
import type { Command } from "./command.ts";
import { accepted, refused } from "./reply.ts";
import { upgradeOf } from "./target.ts";

export const note: Command = {
  word: "note",
  summary: "write a sentence into the change record",
  details: ["Everything after the environment or upgrade id is the note."],
  example: "note practice on-call of the database team is watching",
  positionals: [targetArgument, { name: "text", description: "the note", isRequired: true, kind: "text" }],
  options: [],
  atTerminal: true,
  run: async (call) => {
    const upgrade = await upgradeOf(call, call.arguments.positionals.get("target"), "newest");
    if (!upgrade.ok) return refused(upgrade.problem);
    const text = (call.arguments.positionals.get("text") ?? "").slice(0, 3_000);
    const { id } = upgrade.value;
    const submitted = await call.desk.submit(id, { intent: "add_note", text, by: call.by }, actorOf(call.by));
    return submitted.ok ? accepted(id, `Noted in the record of *${id}*.`) : refused(submitted.problem);
  },
};
