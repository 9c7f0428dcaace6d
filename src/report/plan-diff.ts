import { shortDigest } from "#src/kernel/digest.ts";
import type { Finding } from "#src/kong/finding.ts";
import { isSamePlan } from "#src/plan/diff-plans.ts";
import type { FieldChange, PlacedStep, PlanDiff } from "#src/plan/diff-plans.ts";
import { visibleText } from "./visible-text.ts";

/** `2 steps added, 1 removed, 1 changed; 1 finding gone`, or that nothing differs. */
export function planDiffSummary(diff: PlanDiff): string {
  if (isSamePlan(diff)) {
    const isEqual = diff.before.digest === diff.after.digest;
    return isEqual ? "the two plans are equal" : "nothing differs but names that carry the upgrade's id";
  }
  const { head, steps, findings, notes } = diff;
  return [
    head.map(({ field, before, after }) => `${field} ${before} → ${after}`).join(", "),
    counts("step", [
      ["added", steps.added.length],
      ["removed", steps.removed.length],
      ["changed", steps.changed.length],
      ["moved", steps.moved.length],
    ]),
    counts("finding", [
      ["appeared", findings.appeared.length],
      ["gone", findings.gone.length],
      ["changed", findings.changed.length],
    ]),
    counts("note", [
      ["appeared", notes.appeared.length],
      ["gone", notes.gone.length],
    ]),
  ]
    .filter((part) => part !== "")
    .join("; ");
}

/** Every difference, one line each: `+` is new, `-` is gone, `~` is changed. Foreign text shows what is invisible in it. */
export function planDiffLines(diff: PlanDiff): readonly string[] {
  const { head, steps, findings, notes } = diff;
  return [
    ...head.map((change) => `~ ${changeText(change)}`),
    ...steps.added.map((one) => `+ ${stepText(one)}`),
    ...steps.removed.map((one) => `- ${stepText(one)}`),
    ...steps.moved.map((one) => `~ ${stepText(one)}: was step ${one.before}`),
    ...findings.appeared.map((finding) => `+ ${findingText(finding)}`),
    ...findings.gone.map((finding) => `- ${findingText(finding)}`),
    ...findings.changed.flatMap(({ finding, fields }) => changedLines(findingText(finding), fields)),
    ...steps.changed.flatMap((one) => changedLines(stepText(one), one.fields)),
    ...notes.appeared.map((note) => `+ note: ${note}`),
    ...notes.gone.map((note) => `- note: ${note}`),
  ].map(visibleText);
}

/** The whole comparison for a terminal. */
export function planDiffText(diff: PlanDiff): string {
  const { before, after } = diff;
  const heading = `${before.upgradeId} (plan ${shortDigest(before.digest)}) → ${after.upgradeId} (plan ${shortDigest(after.digest)})`;
  return [visibleText(`${heading}: ${planDiffSummary(diff)}`), ...planDiffLines(diff)].join("\n");
}

function changedLines(what: string, fields: readonly FieldChange[]): readonly string[] {
  return [`~ ${what}`, ...fields.map((field) => `    ${changeText(field)}`)];
}

function counts(noun: string, parts: readonly (readonly [string, number])[]): string {
  const all = parts.filter(([, count]) => count > 0);
  return all
    .map(([what, count], index) => `${count} ${index === 0 ? `${count === 1 ? noun : `${noun}s`} ` : ""}${what}`)
    .join(", ");
}

function stepText({ number, step }: PlacedStep): string {
  const mark = step.class === "safe" ? "" : ` [${step.class}]`;
  return `step ${number}, ${step.id}: ${step.title}${mark}`;
}

function findingText({ id, kind, severity, title }: Finding): string {
  return `${kind === "question" ? "question" : severity.replaceAll("_", " ")}, ${id}: ${title}`;
}

/** As much of a value as a line shows; both plans have the whole. */
const maxValue = 400;

function changeText({ field, before, after }: FieldChange): string {
  return `${field}: ${shown(inOneLine(before))} → ${shown(inOneLine(after))}`;
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/gu, " ⏎ ");
}

function shown(text: string): string {
  if (text.trim() === "") return "nothing";
  return text.length <= maxValue ? text : `${text.slice(0, maxValue)}… (${text.length} characters)`;
}
