import { escapeText } from "#src/slack/views/text.ts";
import { targetArgument } from "./act.ts";
import type { Command } from "./command.ts";
import { accepted, refused } from "./reply.ts";
import { upgradeOf } from "./target.ts";

export const record: Command = {
  word: "record",
  summary: "post the change record as files into the thread",
  details: [
    "Markdown for people, JSON for machines; `npx kong-upgrade verify FILE` checks the JSON off-line, without me.",
  ],
  example: "record KU-2026-0007",
  positionals: [targetArgument],
  options: [],
  atTerminal: true,
  run: async (call) => {
    const upgrade = await upgradeOf(call, call.arguments.positionals.get("target"), "newest");
    if (!upgrade.ok) return refused(upgrade.problem);
    const { id } = upgrade.value;
    const { files, events } = await call.records.exportRecord(id);
    return accepted(
      id,
      `The record of *${id}* (${events} events) ${call.channel === undefined ? "was written to" : "is in its thread"}: ${files.map((file) => escapeText(file, 100)).join(", ")}.`,
      { kind: "record", id, files, events },
    );
  },
};
