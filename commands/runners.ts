import { sections } from "#src/slack/views/blocks.ts";
import { dateToken, escapeText } from "#src/slack/views/text.ts";
import type { Command, SeenRunner } from "./command.ts";
import { answered, refused } from "./reply.ts";

/** Runners that are shown; those that live come first. */
const maxShown = 40;

export const runners: Command = {
  word: "runners",
  summary: "the processes that execute steps, whether they live, and environments that none serves",
  details: ["A runner lives while its process holds its lock in the database, whatever it last said."],
  example: "runners",
  positionals: [],
  options: [],
  atTerminal: true,
  run: async (call) => {
    const known = await call.records.runners?.();
    if (known === undefined)
      return refused({
        sentence: "Nobody keeps a list of runners here.",
        help: "Look at a terminal of the bot's machine.",
      });
    const served = new Set(known.filter(({ isAlive }) => isAlive).flatMap(({ environments }) => environments));
    const unserved = call.environments.map(({ name }) => name).filter((name) => !served.has(name));
    const ordered = known.toSorted((left, right) => Number(right.isAlive) - Number(left.isAlive));
    const lines = ordered.slice(0, maxShown).map(describe);
    const more = ordered.length - lines.length;
    const text = [
      ...(lines.length === 0 ? ["No runner has ever registered."] : lines),
      ...(more > 0 ? [`…${more} more`] : []),
      ...unserved.map(
        (name) =>
          `⚠️ No living runner serves *${escapeText(name)}*, so no step of it starts: \`kong-upgrade runner --environment ${escapeText(name)}\` near its Kong.`,
      ),
    ].join("\n");
    return answered({ text, blocks: sections(text) }, { kind: "runners", runners: ordered, unserved });
  },
};

function describe({ id, environments, host, version, startedAt, lastSeen, isAlive }: SeenRunner): string {
  const state = isAlive ? `✅ lives since ${dateToken(startedAt)}` : `❌ gone, last seen ${dateToken(lastSeen)}`;
  return `*${escapeText(id, 80)}* on ${escapeText(host, 80)}, version ${escapeText(version, 40)}: ${state}; serves ${escapeText(environments.join(", "), 300)}`;
}
