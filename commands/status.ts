import { statusContent, title } from "#src/slack/views/card.ts";
import { section, sections } from "#src/slack/views/blocks.ts";
import type { Content } from "#src/slack/views/blocks.ts";
import { runnersText } from "#src/slack/views/runners.ts";
import { describeSituation } from "#src/slack/views/situation.ts";
import { escapeText } from "#src/slack/views/text.ts";
import { withoutRunner } from "#src/slack/views/unserved.ts";
import type { Environment } from "#src/plan/environment.ts";
import { whyNobodyRuns } from "#src/upgrade/known-runner.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { targetArgument, warningText } from "./act.ts";
import { upgradeData } from "./answer-data.ts";
import type { AnswerData } from "./answer-data.ts";
import type { Call, Command } from "./command.ts";
import { answered, refused } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { environmentOf, upgradeOf } from "./target.ts";
import { lookForRunners } from "./without-runner.ts";

const maxListed = 20;

export const status: Command = {
  word: "status",
  summary: "where an upgrade is, what is next, who must act, how to go back, and which runners live",
  details: [
    "In an environment's channel it tells about that environment; elsewhere, without a target, it lists what is open.",
  ],
  example: "status practice",
  positionals: [targetArgument],
  options: [],
  atTerminal: true,
  isReadOnly: true,
  run: async (call) => {
    const target = call.arguments.positionals.get("target");
    const isOwnChannel = call.environments.some(({ channel }) => channel === call.channel);
    if (target === undefined && !isOwnChannel) return listOpen(call);
    const upgrade = await upgradeOf(call, target, "newest");
    if (upgrade.ok) {
      const { environment } = upgrade.value.request;
      const whyUnserved = await lookForRunners(call, [upgrade.value]);
      const content = statusContent(upgrade.value, call.names, whyUnserved(upgrade.value));
      const shown = joined(content, await runnersContent(call, environment));
      return answered(shown, statusData([upgrade.value], call));
    }
    const environment = environmentOf(call, target);
    // Whoever asks about an environment without an upgrade gets to know who would run one.
    if (upgrade.problem.code !== "not_found" || !environment.ok) return refused(upgrade.problem);
    const shown = joined(refused(upgrade.problem).content, await runnersContent(call, environment.value));
    return { ...refused(upgrade.problem), content: shown };
  },
};

async function runnersContent(call: Call, recorded: Environment): Promise<Content> {
  // The bot's own configuration says which labels are asked for now.
  const environment = call.environments.find(({ name }) => name === recorded.name) ?? recorded;
  const markup = runnersText(environment, await call.desk.runners());
  return { text: markup, blocks: sections(markup) };
}

function joined(first: Content, second: Content): Content {
  return { text: `${first.text}\n${second.text}`, blocks: [...first.blocks, ...second.blocks] };
}

async function listOpen(call: Call): Promise<Reply> {
  const found = await call.desk.list({ isOpen: true, limit: maxListed + 1 });
  const open = found.slice(0, maxListed);
  if (open.length === 0)
    return answered(one("Nothing is open. `/kong-upgrade plan` asks for a plan."), statusData([], call));
  const runners = await call.desk.runners();
  const whyUnserved = await lookForRunners(call, open);
  const lines = open.map((upgrade) => {
    const unserved = whyUnserved(upgrade);
    const { headline, whoMustAct } = withoutRunner(describeSituation(upgrade, call.names), unserved);
    const warning = unserved === undefined ? warningText(whyNobodyRuns(upgrade.request.environment, runners)) : "";
    return `*${escapeText(title(upgrade))}* in <#${upgrade.request.channel}>\n${headline}\nWho must act: ${whoMustAct}${warning}`;
  });
  const rest = found.length > maxListed ? ["…and more; `/kong-upgrade list --state open --limit 40` lists them."] : [];
  const text = [...lines, ...rest];
  return answered({ text: text.join("\n\n"), blocks: text.map(section) }, statusData(open, call));
}

function statusData(upgrades: readonly Upgrade[], { names }: Call): AnswerData {
  return { kind: "status", upgrades: upgrades.map((upgrade) => upgradeData(upgrade, names)) };
}

function one(markup: string): Content {
  return { text: markup, blocks: [section(markup)] };
}
