import type { Finding, Severity } from "#src/kong/finding.ts";
import { severities } from "#src/kong/finding.ts";
import { sections } from "./blocks.ts";
import type { Block } from "./blocks.ts";
import { escapeText, inlineCode } from "./text.ts";

const severityNames = {
  stops_start: "stops the start",
  breaks_traffic: "breaks traffic",
  changes_behaviour: "changes behaviour",
  deprecation: "deprecated",
} as const satisfies Record<Severity, string>;

/** The same after a number greater than one. */
const severityPlurals = {
  stops_start: "stop the start",
  breaks_traffic: "break traffic",
  changes_behaviour: "change behaviour",
  deprecation: "deprecated",
} as const satisfies Record<Severity, string>;

const severityMarks = {
  stops_start: "🛑",
  breaks_traffic: "🔴",
  changes_behaviour: "🟠",
  deprecation: "🟡",
} as const satisfies Record<Severity, string>;

/** `3 findings (1 breaks traffic, 2 change behaviour), 2 questions for people` */
export function findingsSummary(findings: readonly Finding[]): string {
  if (findings.length === 0) return "No findings";
  const real = findings.filter((finding) => finding.kind === "finding");
  const bySeverity = severities.flatMap((severity) => {
    const count = real.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${(count === 1 ? severityNames : severityPlurals)[severity]}`];
  });
  const questions = findings.filter((finding) => finding.kind === "question").length;
  const undecided = findings.length - real.length - questions;
  return [
    `${real.length} ${real.length === 1 ? "finding" : "findings"}${bySeverity.length === 0 ? "" : ` (${bySeverity.join(", ")})`}`,
    ...(questions > 0 ? [`${questions} ${questions === 1 ? "question" : "questions"} for people`] : []),
    ...(undecided > 0 ? [`${undecided} undecided`] : []),
  ].join(", ");
}

/** Findings with their evidence, worst first, then what people must answer, then what could not be decided. */
export function findingsBlocks(findings: readonly Finding[]): readonly Block[] {
  const groups = [
    ["*Findings*", findings.filter((finding) => finding.kind === "finding")],
    ["*Questions that only people can answer*", findings.filter((finding) => finding.kind === "question")],
    ["*Could not be decided*", findings.filter((finding) => finding.kind === "undecided")],
  ] as const;
  return groups.flatMap(([heading, group]) =>
    group.length === 0 ? [] : sections([heading, ...ranked(group).map(describeFinding)].join("\n")),
  );
}

function ranked(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((left, right) => severities.indexOf(left.severity) - severities.indexOf(right.severity));
}

function describeFinding(finding: Finding): string {
  const mark = finding.kind === "finding" ? severityMarks[finding.severity] : "❓";
  const shown = finding.evidence.slice(0, 5);
  const left = finding.count - shown.length;
  return [
    `${mark} *${escapeText(finding.title, 200)}*${finding.kind === "finding" ? ` — ${severityNames[finding.severity]}` : ""}`,
    `    ${escapeText(finding.effect, 500)}`,
    ...shown.map((line) => `    • ${inlineCode(line, 200)}`),
    ...(left > 0 && shown.length > 0 ? [`    …${left} more`] : []),
    `    _Remedy:_ ${escapeText(finding.remedy, 500)}`,
    `    _Source:_ ${escapeText(finding.source, 200)}`,
  ].join("\n");
}
