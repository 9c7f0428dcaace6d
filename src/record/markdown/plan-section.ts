import type { Plan } from "#src/plan/plan.ts";
import { evidenceText } from "#src/kong/finding.ts";
import type { Finding } from "#src/kong/finding.ts";
import { pointOfNoReturn } from "#src/plan/plan.ts";
import { escapeText, inlineCode } from "#src/report/foreign-text.ts";

/** A plan with digest, findings, notes and its checklist. */
export function planSection(heading: string, plan: Plan): readonly string[] {
  const noReturn = pointOfNoReturn(plan);
  return [
    `## ${heading}`,
    "",
    `Kong ${escapeText(plan.from)} → ${escapeText(plan.to)}, strategy ${escapeText(plan.strategy)}, digest ${inlineCode(plan.digest)}.`,
    noReturn === undefined
      ? "No step of it is irreversible."
      : `Point of no return: ${inlineCode(noReturn.id)} (${escapeText(noReturn.title)}).`,
    "",
    ...plan.notes.map((note) => `- ${escapeText(note)}`),
    ...(plan.notes.length > 0 ? [""] : []),
    ...findingLines(plan.findings),
    "| # | step | class | what | targets |",
    "|---|---|---|---|---|",
    ...plan.steps.map(
      (step, index) =>
        `| ${index + 1} | ${inlineCode(step.id)} | ${step.class} | ${escapeText(step.title)} | ${step.targets.map(escapeText).join(", ")} |`,
    ),
    "",
  ];
}

/** Findings with their evidence, worst first as the plan has them. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return ["No finding.", ""];
  return [
    `Findings (${findings.length}):`,
    "",
    ...findings.flatMap((finding) => [
      `- **${escapeText(finding.title)}** (${finding.kind}, ${finding.severity}, ${finding.count}×): ${escapeText(finding.effect)} Remedy: ${escapeText(finding.remedy)} Source: ${escapeText(finding.source)}`,
      ...finding.evidence.map((piece) => `  - ${inlineCode(evidenceText(piece))}`),
    ]),
    "",
  ];
}
