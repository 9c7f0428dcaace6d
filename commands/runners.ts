import { sections } from "#src/slack/views/blocks.ts";
import { runnerLine } from "#src/slack/views/runners.ts";
import { escapeText } from "#src/slack/views/text.ts";
import { whyNobodyRuns } from "#src/upgrade/known-runner.ts";
import type { Command } from "./command.ts";
import { answered } from "./reply.ts";

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
  isReadOnly: true,
  run: async (call) => {
    const known = await call.desk.runners();
    const unserved = call.environments.flatMap((environment) => {
      const problem = whyNobodyRuns(environment, known);
      return problem === undefined ? [] : [{ name: environment.name, problem }];
    });
    const ordered = known.toSorted((left, right) => Number(right.isAlive) - Number(left.isAlive));
    const lines = ordered
      .slice(0, maxShown)
      .map((runner) => `${runnerLine(runner)} · serves ${escapeText(runner.environments.join(", "), 300)}`);
    const more = ordered.length - lines.length;
    const text = [
      ...(lines.length === 0 ? ["No runner registered within the last days."] : lines),
      ...(more > 0 ? [`…${more} more`] : []),
      ...unserved.map(({ problem }) => `⚠️ ${escapeText(problem, 1_000)}`),
    ].join("\n");
    const data = ordered.map(({ problem, ...runner }) => Object.assign(runner, { problem: problem ?? null }));
    return answered(
      { text, blocks: sections(text) },
      { kind: "runners", runners: data, unserved: unserved.map(({ name }) => name) },
    );
  },
};
