import { shortDigest } from "#src/kernel/digest.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import type { NotChecked } from "#src/kong/assessment.ts";
import type { Source } from "#src/kong/facts.ts";
import { pointOfNoReturn } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import type { Answers } from "#src/upgrade/answers.ts";
import { context, header, section, sections } from "./blocks.ts";
import type { Block, Content } from "./blocks.ts";
import { findingsBlocks, findingsSummary, listedQuestions, notLookedAt } from "./findings.ts";
import { messageParts } from "./message-parts.ts";
import { answeredText } from "./questions.ts";
import { actionLines, classText, proofText } from "./step-text.ts";
import { cutMarkup, escapeText } from "./text.ts";

/** A plan with what was known when it was made and what people have answered since. */
export interface ShownPlan {
  readonly plan: Plan;
  readonly upgradeId: string;
  readonly answers: Answers;
  /** What nobody looked at for exactly this way. */
  readonly notChecked: readonly NotChecked[];
  readonly sources: readonly Source[];
  /** `asked`: they have messages with buttons of their own. `listed`: nobody can answer them, as in a dry run. */
  readonly questions: "asked" | "listed";
}

/** The checklist as thread messages: what it costs, the findings, every step. How many there are depends on no answer. */
export function planMessages(shown: ShownPlan): readonly Content[] {
  const { plan, upgradeId, answers } = shown;
  const blocks = [
    header(heading(plan, upgradeId)),
    ...sections(introduction(plan)),
    ...findingsBlocks(plan.findings),
    ...(shown.questions === "listed" ? listedQuestions(plan.findings) : []),
    ...notLookedAt(shown.notChecked, shown.sources),
    ...stepBlocks(plan),
  ];
  const parts = messageParts(blocks);
  return parts.map((part, index) =>
    index === 0
      ? { text: summary(plan, upgradeId), blocks: [...part, ...answeredBlocks(plan, answers)] }
      : { text: `Plan of ${upgradeId}, part ${index + 1} of ${parts.length}`, blocks: part },
  );
}

/** Added after the split, so that an answer moves no block into another message. */
function answeredBlocks(plan: Plan, answers: Answers): readonly Block[] {
  const answered = answeredText(plan.findings, answers);
  return answered === undefined ? [] : [context(`❓ ${answered}`)];
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
