import { section } from "#src/slack/views/blocks.ts";
import { describeSituation } from "#src/slack/views/situation.ts";
import { escapeText } from "#src/slack/views/text.ts";
import type { Environment } from "#src/plan/environment.ts";
import { whyNobodyRuns } from "#src/upgrade/known-runner.ts";
import type { KnownRunner } from "#src/upgrade/known-runner.ts";
import { warningText } from "./act.ts";
import type { Call, Command } from "./command.ts";
import { answered } from "./reply.ts";

export const environments: Command = {
  word: "environments",
  summary: "the Kong installations that I know, their channels and what is open there",
  details: [],
  example: "environments",
  positionals: [],
  options: [],
  atTerminal: true,
  isReadOnly: true,
  run: async (call) => {
    const runners = await call.desk.runners();
    const lines = await Promise.all(call.environments.map((environment) => describe(call, environment, runners)));
    const markup = lines.length === 0 ? "No environment is configured." : lines.join("\n");
    return answered({ text: markup, blocks: lines.length === 0 ? [section(markup)] : lines.slice(0, 45).map(section) });
  },
};

async function describe(call: Call, environment: Environment, runners: readonly KnownRunner[]): Promise<string> {
  const { name, description, channel, topology, edition, nodes } = environment;
  const open = await call.desk.findOpen(name);
  const state = open === undefined ? "nothing open" : `${open.id}: ${describeSituation(open, call.names).headline}`;
  return [
    `*${escapeText(name)}* in <#${channel}> · ${edition}, ${topology}, ${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}`,
    ...(description === "" ? [] : [escapeText(description)]),
    `${state}${warningText(whyNobodyRuns(environment, runners))}`,
  ].join("\n");
}
