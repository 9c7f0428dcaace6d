import { shortDigest } from "#src/kernel/digest.ts";
import type { NotChecked } from "#src/kong/assessment.ts";
import type { Source } from "#src/kong/facts.ts";
import type { Finding } from "#src/kong/finding.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { PlanRefusal } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { header, section, sections } from "./blocks.ts";
import type { Block, Content } from "./blocks.ts";
import { findingsBlocks, findingsSummary, listedQuestions, notLookedAt } from "./findings.ts";
import { messageParts } from "./message-parts.ts";
import { cutMarkup, escapeText, inlineCode } from "./text.ts";

export interface CheckResult {
  readonly upgradeId: UpgradeId;
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  readonly notChecked: readonly NotChecked[];
  readonly sources: readonly Source[];
}

/** The answer to a check: every finding with its evidence, grouped, in as many messages as it needs. */
export function checkMessages(result: CheckResult): readonly Content[] {
  const { upgradeId, environment, from, to, findings, notes } = result;
  const heading = `Check of ${environment}: ${from} → ${to}`;
  const blocks: readonly Block[] = [
    header(heading),
    section(`${findingsSummary(findings)}. Nothing was changed.`),
    ...findingsBlocks(findings),
    ...listedQuestions(findings),
    ...notLookedAt(result.notChecked, result.sources),
    ...sections(notes.map((note) => `• ${escapeText(note, 800)}`).join("\n")),
  ];
  const titles = findings.map((finding) => `• ${escapeText(finding.title, 120)}`).join("\n");
  return messageParts(blocks).map((part, index) => ({
    text:
      index === 0
        ? cutMarkup(`${upgradeId}, ${escapeText(heading)}: ${findingsSummary(findings)}.\n${titles}`, 3_900)
        : `${upgradeId}, ${escapeText(heading)}, part ${index + 1}`,
    blocks: part,
  }));
}

interface RefusedPlan {
  readonly upgradeId: UpgradeId;
  readonly to: string;
  readonly refusals: readonly PlanRefusal[];
  /** The plan from before the request, where it stays. */
  readonly kept: Plan | undefined;
}

/** Why there is no plan, privately to who asked. */
export function planRefused({ upgradeId, to, refusals, kept }: RefusedPlan): Content {
  const lines = refusals.map(
    ({ sentence, help }) => `• ${escapeText(sentence, 500)}\n    _What would help:_ ${escapeText(help, 500)}`,
  );
  const stays =
    kept === undefined
      ? []
      : [
          `The plan ${inlineCode(shortDigest(kept.digest))} to ${escapeText(kept.to, 40)} stays, with its findings and answers: by this look, its steps would be the same.`,
        ];
  const heading = `${upgradeId}: there is no plan to ${escapeText(to, 40)}, and nothing was changed:`;
  const text = [heading, ...lines, ...stays].join("\n");
  return { text: cutMarkup(text, 3_900), blocks: sections(text) };
}

/** The end of a dry run, with what its digest covers: nobody should compare it byte by byte with a later plan. */
export function dryRunEnded(plan: Plan, upgradeId: UpgradeId): Content {
  const { environment, strategy, to, options, digest } = plan;
  const command = `/kong-upgrade plan ${environment} --to ${to} --strategy ${strategy} --order ${options.order}`;
  const text = [
    `🧪 *Dry run:* this is exactly what \`start\` would execute for ${upgradeId}, ${plan.steps.length} steps, digest ${inlineCode(digest)}. It is closed; nothing of it can be started, and nothing was changed.`,
    `The digest covers names of files and databases that carry ${upgradeId}, so a plan that is asked for later has another digest even where nothing else differs; \`--diff ${upgradeId}\` shows what really does.`,
    `To make the plan that can be started: ${inlineCode(command)}`,
  ].join("\n");
  return { text: text.replaceAll("*", ""), blocks: sections(text) };
}
