import { statusContent, title } from "#src/slack/views/card.ts";
import { section } from "#src/slack/views/blocks.ts";
import type { Content } from "#src/slack/views/blocks.ts";
import { describeSituation } from "#src/slack/views/situation.ts";
import { escapeText } from "#src/slack/views/text.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { targetArgument } from "./act.ts";
import { upgradeData } from "./answer-data.ts";
import type { AnswerData } from "./answer-data.ts";
import type { Call, Command } from "./command.ts";
import { answered, refused } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { upgradeOf } from "./target.ts";

const maxListed = 20;

export const status: Command = {
  word: "status",
  summary: "where an upgrade is, what is next, who must act, how to go back",
  details: [
    "In an environment's channel it tells about that environment; elsewhere, without a target, it lists what is open.",
  ],
  example: "status practice",
  positionals: [targetArgument],
  options: [],
  atTerminal: true,
  run: async (call) => {
    const target = call.arguments.positionals.get("target");
    const isOwnChannel = call.environments.some(({ channel }) => channel === call.channel);
    if (target === undefined && !isOwnChannel) return listOpen(call);
    const upgrade = await upgradeOf(call, target, "newest");
    return upgrade.ok
      ? answered(statusContent(upgrade.value, call.names), statusData([upgrade.value], call))
      : refused(upgrade.problem);
  },
};

async function listOpen(call: Call): Promise<Reply> {
  const open = await call.desk.list({ isOpen: true, limit: maxListed });
  if (open.length === 0)
    return answered(one("Nothing is open. `/kong-upgrade plan` asks for a plan."), statusData([], call));
  const lines = open.map((upgrade) => {
    const { headline, whoMustAct } = describeSituation(upgrade, call.names);
    return `*${escapeText(title(upgrade))}* in <#${upgrade.request.channel}>\n${headline}\nWho must act: ${whoMustAct}`;
  });
  return answered({ text: lines.join("\n\n"), blocks: lines.map(section) }, statusData(open, call));
}

function statusData(upgrades: readonly Upgrade[], { names }: Call): AnswerData {
  return { kind: "status", upgrades: upgrades.map((upgrade) => upgradeData(upgrade, names)) };
}

function one(markup: string): Content {
  return { text: markup, blocks: [section(markup)] };
}
