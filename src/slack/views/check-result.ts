import type { Finding } from "#src/kong/finding.ts";
import type { PlanRefusal } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { header, section, sections } from "./blocks.ts";
import type { Block, Content } from "./blocks.ts";
import { findingsBlocks, findingsSummary } from "./findings.ts";
import { cutMarkup, escapeText } from "./text.ts";

export interface CheckResult {
  readonly upgradeId: UpgradeId;
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

const blocksPerMessage = 40;

/** The answer to a check: every finding with its evidence, grouped, in as many messages as it needs. */
export function checkMessages(result: CheckResult): readonly Content[] {
  const { upgradeId, environment, from, to, findings, notes } = result;
  const heading = `Check of ${environment}: ${from} → ${to}`;
  const blocks: readonly Block[] = [
    header(heading),
    section(`${findingsSummary(findings)}. Nothing was changed.`),
    ...findingsBlocks(findings),
    ...sections(notes.map((note) => `• ${escapeText(note, 800)}`).join("\n")),
  ];
  const titles = findings.map((finding) => `• ${escapeText(finding.title, 120)}`).join("\n");
  const parts = chunks(blocks, blocksPerMessage);
  return parts.map((part, index) => ({
    text:
      index === 0
        ? cutMarkup(`${upgradeId}, ${escapeText(heading)}: ${findingsSummary(findings)}.\n${titles}`, 3_900)
        : `${upgradeId}, ${escapeText(heading)}, part ${index + 1}`,
    blocks: part,
  }));
}

/** Why there is no plan, privately to who asked. */
export function planRefused(upgradeId: UpgradeId, refusals: readonly PlanRefusal[]): Content {
  const lines = refusals.map(
    ({ sentence, help }) => `• ${escapeText(sentence, 500)}\n    _What would help:_ ${escapeText(help, 500)}`,
  );
  const text = `There is no plan for ${upgradeId}, and nothing was changed:\n${lines.join("\n")}`;
  return { text: cutMarkup(text, 3_900), blocks: sections(text) };
}

function chunks<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  const parts: T[][] = [];
  for (let start = 0; start < values.length; start += size) parts.push(values.slice(start, start + size));
  return parts;
}
