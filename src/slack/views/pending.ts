import { shortDigest } from "#src/kernel/digest.ts";
import type { PendingApproval } from "#src/upgrade/pending.ts";
import { actions, section } from "./blocks.ts";
import type { Block } from "./blocks.ts";
import type { Names } from "./names.ts";
import { missingText } from "./standing-text.ts";
import { classText, placeOf } from "./step-text.ts";
import { dateToken, escapeText } from "./text.ts";
import type { AskedVote } from "./vote-buttons.ts";
import { voteButtons } from "./vote-buttons.ts";

/** One request in a few lines: what would run where, what is missing from whom, until when, and the digest. */
export function pendingLines(asked: AskedVote, names: Names): readonly string[] {
  const { upgradeId, plan, step, attempt, approval } = asked;
  const versions = `${escapeText(plan.from, 20)} → ${escapeText(plan.to, 20)}`;
  return [
    `*${upgradeId} · ${escapeText(plan.environment, 60)} ${versions}*: “${escapeText(step.title, 120)}” (${classText(step.class)}), ${placeOf(plan, step)}, attempt ${attempt}`,
    `Missing: ${missingText(approval, names)}; until ${dateToken(approval.expiresAt)}`,
    `Digest \`${shortDigest(approval.digest)}\``,
  ];
}

/** A request for a list of several; with buttons where it waits for the reader. */
export function pendingEntry(pending: PendingApproval, names: Names, offers: "buttons" | "nothing"): readonly Block[] {
  const [first = "", ...rest] = pendingLines(pending, names);
  const where = `${rest.join(" · ")} · in <#${pending.upgrade.request.channel}>`;
  const block = section(`${first}\n${where}`);
  return offers === "nothing" ? [block] : [block, actions(...voteButtons(pending))];
}

/** The same for those who read no blocks. */
export function pendingText(pending: PendingApproval, names: Names): string {
  const lines = pendingLines(pending, names).map((line) => line.replaceAll("*", ""));
  return `${lines.join("\n  ")}\n  in <#${pending.upgrade.request.channel}>`;
}
