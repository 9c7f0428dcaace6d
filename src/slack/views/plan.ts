import { shortDigest } from "#src/kernel/digest.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { pointOfNoReturn } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { header, section, sections } from "./blocks.ts";
import type { Block, Content } from "./blocks.ts";
import { findingsBlocks, findingsSummary } from "./findings.ts";
import { actionLines, classText, proofText } from "./step-text.ts";
import { cutMarkup, escapeText } from "./text.ts";

/** Slack allows 50 blocks per message; platform practice is to split checklists earlier. */
const blocksPerMessage = 40;
/** All text of one message together; Slack's documents ask for at most some 4,000 per text, blocks carry more. */
const charactersPerMessage = 12_000;

/** The checklist as thread messages: what it costs, the findings, every step. */
export function planMessages(plan: Plan, upgradeId: string): readonly Content[] {
  const blocks = [
    header(heading(plan, upgradeId)),
    ...sections(introduction(plan)),
    ...findingsBlocks(plan.findings),
    ...stepBlocks(plan),
  ];
  const parts = split(blocks);
  return parts.map((part, index) => ({
    text: index === 0 ? summary(plan, upgradeId) : `Plan of ${upgradeId}, part ${index + 1} of ${parts.length}`,
    blocks: part,
  }));
}

/** What remains of a plan that was superseded: nobody should read it as valid. */
export function supersededPlan(plan: Plan, upgradeId: string): Content {
  const text = `The plan \`${shortDigest(plan.digest)}\` of ${upgradeId} was superseded by a newer one; nothing of it can be started any more.`;
  return { text, blocks: [section(`~Plan \`${shortDigest(plan.digest)}\`~ ${text}`)] };
}

function heading(plan: Plan, upgradeId: string): string {
  const what = plan.kind === "rollback" ? "Way back" : "Plan";
  return `${what} of ${upgradeId}: ${plan.environment} ${plan.from} → ${plan.to}`;
}

function introduction(plan: Plan): string {
  const boundary = pointOfNoReturn(plan);
  return [
    `Plan \`${shortDigest(plan.digest)}\`, ${plan.steps.length} steps, ${plan.strategy}, order ${plan.options.order}.`,
    boundary === undefined
      ? "No step is irreversible."
      : `*Point of no return:* step ${plan.steps.indexOf(boundary) + 1}, ${escapeText(boundary.title, 120)}.`,
    `${findingsSummary(plan.findings)}.`,
    ...plan.notes.map((note) => `• ${escapeText(note, 800)}`),
  ].join("\n");
}

function summary(plan: Plan, upgradeId: string): string {
  const titles = plan.steps.map((step, index) => `${index + 1}. ${escapeText(step.title, 80)} (${step.class})`);
  return cutMarkup(
    [`${escapeText(heading(plan, upgradeId))}. ${findingsSummary(plan.findings)}.`, ...titles].join("\n"),
    3_900,
  );
}

function stepBlocks(plan: Plan): readonly Block[] {
  const boundary = pointOfNoReturn(plan);
  return plan.steps.map((step, index) =>
    section(`${step === boundary ? "⚠️ *Point of no return*\n" : ""}${describeStep(step, index + 1)}`),
  );
}

function describeStep(step: Step, number: number): string {
  return [
    `*${number}. ${escapeText(step.title, 150)}* · ${classText(step.class)} · ${escapeText(step.targets.join(", "), 120)}`,
    escapeText(step.why, 400),
    ...actionLines(step, 400),
    `_Proof:_ ${proofText(step)}${timeLimit(step)}`,
    `_Way back:_ ${escapeText(step.wayBack, 300)}`,
    `_Source:_ ${escapeText(step.source, 200)}`,
  ].join("\n");
}

/** A person who confirms has all the time there is. */
function timeLimit(step: Step): string {
  return step.action.kind === "manual" ? "" : ` · _at most_ ${formatDuration(step.timeoutMs)}`;
}

function split(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const parts: Block[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    const length = JSON.stringify(block).length;
    const last = parts.at(-1);
    if (last === undefined || last.length >= blocksPerMessage || size + length > charactersPerMessage) {
      parts.push([block]);
      size = length;
    } else {
      last.push(block);
      size += length;
    }
  }
  return parts;
}
