import type { HomeView } from "@slack/types";
import { unreachable } from "#src/kernel/result.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { HandedVote, Waiting } from "#src/upgrade/waiting.ts";
import { context, divider, header, section } from "./blocks.ts";
import type { Block } from "./blocks.ts";
import { title } from "./card.ts";
import { personName } from "./names.ts";
import type { Names } from "./names.ts";
import { pendingEntry } from "./pending.ts";
import { describeSituation } from "./situation.ts";
import { dateToken, escapeText } from "./text.ts";
import { withoutRunner } from "./unserved.ts";

export interface HomeContent {
  readonly waiting: Waiting;
  readonly open: readonly Upgrade[];
  readonly recent: readonly Upgrade[];
  /** Why no runner takes an upgrade whose turn is one's; empty where each is taken. */
  readonly unserved: ReadonlyMap<UpgradeId, string>;
  /** Why nothing of an environment would be run now, one sentence for each that has no runner. */
  readonly withoutRunner: readonly string[];
}

/** Slack: 100 blocks per view. A request that can be approved takes two, everything else one. */
const most = { approvals: 12, steps: 10, reviews: 5, handedVotes: 8, open: 15, recent: 10, runners: 5 } as const;

/** The App Home of one person: what waits for them, what is open, what was, and where nobody could run anything. */
export function homeView(content: HomeContent, names: Names): HomeView {
  const { waiting, open, recent, withoutRunner: idle } = content;
  const entryOf = (upgrade: Upgrade): readonly Block[] => [entry(upgrade, names, content.unserved.get(upgrade.id))];
  return {
    type: "home",
    blocks: [
      ...group("Waiting for me", waitingBlocks(waiting, names, entryOf)),
      ...(waiting.handedVotes.length === 0
        ? []
        : group("Votes in another's place", listed(waiting.handedVotes, most.handedVotes, handedVote))),
      ...group("Open", orNone(listed(open, most.open, entryOf), "Nothing is open.")),
      ...(idle.length === 0
        ? []
        : group(
            "Without a runner",
            listed(idle, most.runners, (problem) => [section(`⚠️ ${escapeText(problem, 1_000)}`)]),
          )),
      ...group("Recent", orNone(listed(recent, most.recent, entryOf), "Nothing was done yet.")),
      context("`/kong-upgrade help` tells what can be asked, in the channel of an environment."),
    ],
  };
}

function waitingBlocks(
  { approvals, steps, reviews }: Waiting,
  names: Names,
  entryOf: (upgrade: Upgrade) => readonly Block[],
): readonly Block[] {
  return orNone(
    [
      ...listed(approvals, most.approvals, (pending) => pendingEntry(pending, names, "buttons")),
      ...listed(steps, most.steps, entryOf),
      ...listed(reviews, most.reviews, (upgrade) => [review(upgrade)]),
    ],
    "Nothing waits for you.",
  );
}

function group(heading: string, blocks: readonly Block[]): readonly Block[] {
  return [header(heading), ...blocks, divider()];
}

function orNone(blocks: readonly Block[], none: string): readonly Block[] {
  return blocks.length === 0 ? [section(none)] : blocks;
}

function listed<T>(all: readonly T[], limit: number, blocksOf: (each: T) => readonly Block[]): readonly Block[] {
  const more = all.length - limit;
  return [...all.slice(0, limit).flatMap(blocksOf), ...(more > 0 ? [context(`…${more} more`)] : [])];
}

function entry(upgrade: Upgrade, names: Names, unserved: string | undefined): Block {
  const { headline, bar, whoMustAct } = withoutRunner(describeSituation(upgrade, names), unserved);
  return section(
    [
      `*${escapeText(title(upgrade))}* in <#${upgrade.request.channel}>`,
      bar === undefined ? headline : `${headline}\n${bar}`,
      upgrade.status === "closed" ? dateToken(upgrade.updatedAt) : `Who must act: ${whoMustAct}`,
    ].join("\n"),
  );
}

function review(upgrade: Upgrade): Block {
  return section(reviewText(upgrade));
}

/** A broken glass that somebody without a part in it has to look at. */
function reviewText(upgrade: Upgrade): string {
  const who = [...new Set(upgrade.brokenGlass.map(({ by }) => personName(by)))].join(", ");
  const incidents = [...new Set(upgrade.brokenGlass.map(({ incident }) => escapeText(incident, 100)))].join(", ");
  return `🔍 *${escapeText(title(upgrade))}* in <#${upgrade.request.channel}> waits for a review: ${who} broke the glass (${incidents})`;
}

function handedVote({ upgrade, delegation, side }: HandedVote): readonly Block[] {
  const until = `until ${dateToken(delegation.until)}, in *${escapeText(title(upgrade))}*`;
  switch (side) {
    case "given":
      return [section(`🤝 ${personName(delegation.to)} votes in your place ${until}`)];
    case "held":
      return [section(`🤝 You vote in the place of ${personName(delegation.from)} ${until}`)];
    default:
      return unreachable(side);
  }
}
