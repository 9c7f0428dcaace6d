import { shortDigest } from "#src/kernel/digest.ts";
import type { PlanDiff } from "#src/plan/diff-plans.ts";
import { planDiffLines, planDiffSummary } from "#src/report/plan-diff.ts";
import { section, sections } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { messageParts } from "./message-parts.ts";
import { cutMarkup, escapeText, inlineCode } from "./text.ts";

/** `asked`: somebody typed `--diff`. `superseded`: a newer plan of the same thread, where a short summary is enough. */
export type DiffReason = "asked" | "superseded";

/** Lines that a thread shows; the terminal shows all. */
const maxLines = { asked: 60, superseded: 12 } as const satisfies Record<DiffReason, number>;

/** What changed since another plan, in as many messages as it needs. */
export function planDiffMessages(diff: PlanDiff, reason: DiffReason): readonly Content[] {
  const { before, after } = diff;
  const of = before.upgradeId === after.upgradeId ? "the plan before" : escapeText(before.upgradeId, 40);
  const heading = `🔀 *What changed* since ${of} (plan \`${shortDigest(before.digest)}\`): ${escapeText(planDiffSummary(diff), 600)}.`;
  const lines = planDiffLines(diff);
  const all = reason === "asked" ? lines : lines.filter((line) => !line.startsWith(" "));
  const shown = all.slice(0, maxLines[reason]).map(lineMarkup);
  const rest = all.length - shown.length;
  const markup = [...shown, ...(rest > 0 ? [`…${rest} more ${rest === 1 ? "line" : "lines"}`] : [])].join("\n");
  const text = cutMarkup(heading.replaceAll("*", ""), 3_900);
  return messageParts([section(heading), ...sections(markup)]).map((blocks, index) => ({
    text: index === 0 ? text : `What changed, part ${index + 1}`,
    blocks,
  }));
}

/** Values may hold anything, so every line is shown as it is, in code style. */
function lineMarkup(line: string): string {
  return `${/^ */u.exec(line)?.[0] ?? ""}${inlineCode(line, 600)}`;
}
