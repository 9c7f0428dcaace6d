import type { Finding, Severity } from "#src/kong/finding.ts";
import { evidenceText, severities } from "#src/kong/finding.ts";
import { sections } from "./blocks.ts";
import type { Block } from "./blocks.ts";
import { escapeText, inlineCode } from "./text.ts";

/** How a severity is shown: its mark, and its words after one finding and after several. */
const severityWords = {
  stops_start: { mark: "🛑", one: "stops the start", many: "stop the start" },
  breaks_traffic: { mark: "🔴", one: "breaks traffic", many: "break traffic" },
  changes_behaviour: { mark: "🟠", one: "changes behaviour", many: "change behaviour" },
  deprecation: { mark: "🟡", one: "deprecated", many: "deprecated" },
  info: { mark: "🔵", one: "good to know", many: "good to know" },
} as const satisfies Record<Severity, { readonly mark: string; readonly one: string; readonly many: string }>;

/** `3 findings (1 breaks traffic, 2 change behaviour), 2 questions for people` */
export function findingsSummary(findings: readonly Finding[]): string {
  if (findings.length === 0) return "No findings";
  const real = findings.filter((finding) => finding.kind === "finding");
  const bySeverity = severities.flatMap((severity) => {
    const count = real.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severityWords[severity][count === 1 ? "one" : "many"]}`];
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
  const mark = finding.kind === "finding" ? severityWords[finding.severity].mark : "❓";
  const shown = finding.evidence.slice(0, 5);
  const left = finding.count - shown.length;
  return [
    `${mark} *${escapeText(finding.title, 200)}*${finding.kind === "finding" ? ` — ${severityWords[finding.severity].one}` : ""}`,
    `    ${escapeText(finding.effect, 500)}`,
    ...shown.map((piece) => `    • ${inlineCode(evidenceText(piece), 200)}`),
    ...(left > 0 && shown.length > 0 ? [`    …${left} more`] : []),
    `    _Remedy:_ ${escapeText(finding.remedy, 500)}`,
    `    _Source:_ ${escapeText(finding.source, 200)}`,
  ].join("\n");
}
