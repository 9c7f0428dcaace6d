import type { HomeView } from "@slack/types";
import type { Upgrade } from "#src/upgrade/state.ts";
import { context, divider, header, section } from "./blocks.ts";
import type { Block } from "./blocks.ts";
import { title } from "./card.ts";
import type { Names } from "./names.ts";
import { describeSituation } from "./situation.ts";
import { dateToken, escapeText } from "./text.ts";

export interface HomeContent {
  readonly waitingForMe: readonly Upgrade[];
  readonly open: readonly Upgrade[];
  readonly recent: readonly Upgrade[];
}

/** Slack: 100 blocks per view; each upgrade takes one. */
const maxPerGroup = 25;

/** The App Home of one person: what waits for them, what is open, what was. */
export function homeView(content: HomeContent, names: Names): HomeView {
  const groups = [
    ["Waiting for me", content.waitingForMe, "Nothing waits for you."],
    ["Open", content.open, "Nothing is open."],
    ["Recent", content.recent, "Nothing was done yet."],
  ] as const;
  return {
    type: "home",
    blocks: [
      ...groups.flatMap(([heading, upgrades, none]) => group(heading, listed(upgrades, none, names))),
      context("`/kong-upgrade help` tells what can be asked, in the channel of an environment."),
    ],
  };
}

function group(heading: string, blocks: readonly Block[]): readonly Block[] {
  return [header(heading), ...blocks, divider()];
}

function listed(upgrades: readonly Upgrade[], none: string, names: Names): readonly Block[] {
  if (upgrades.length === 0) return [section(none)];
  const more = upgrades.length - maxPerGroup;
  return [
    ...upgrades.slice(0, maxPerGroup).map((upgrade) => section(describe(upgrade, names))),
    ...(more > 0 ? [context(`…${more} more`)] : []),
  ];
}

function describe(upgrade: Upgrade, names: Names): string {
  const { headline, bar, whoMustAct } = describeSituation(upgrade, names);
  return [
    `*${escapeText(title(upgrade))}* in <#${upgrade.request.channel}>`,
    bar === undefined ? headline : `${headline}\n${bar}`,
    upgrade.status === "closed" ? dateToken(upgrade.updatedAt) : `Who must act: ${whoMustAct}`,
  ].join("\n");
}
