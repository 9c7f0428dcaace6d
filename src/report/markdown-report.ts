import { askedText, evidenceText, hitIfYes, reasonToAsk } from "#src/kong/finding.ts";
import type { Finding } from "#src/kong/finding.ts";
import { inputs } from "#src/kong/inventory.ts";
import { bySeverity, countsText, severityTitles } from "./check-report.ts";
import type { CheckReport, HopReport, PathReport } from "./check-report.ts";
import { escapeText, inlineCode } from "./foreign-text.ts";

/** The report for a merge request or a thread: the summary first, details under headings; foreign text means only itself. */
export function markdownReport(report: CheckReport): string {
  const { subject, from, to, hops } = report;
  const total = hops.flatMap(({ findings }) => findings);
  return [
    `# Kong ${escapeText(from ?? "(unknown version)")} → ${escapeText(to)}: ${escapeText(subject)}`,
    "",
    `**${hops.length === 0 ? "nothing was judged" : countsText(total)}.** Nothing was changed.`,
    "",
    ...pathLines(report.path),
    ...strategyLines(report),
    ...hops.flatMap((hop) => hopLines(hop, hops.length > 1)),
    ...sourceLines(report),
    ...part("Odd about the files", [...(report.notes ?? []).map((note) => `- ${escapeText(note)}`), ""]),
    ...factLines(report),
  ].join("\n");
}

function pathLines(path: PathReport): readonly string[] {
  switch (path.kind) {
    case "possible":
      return [
        `**Path:** ${escapeText(path.rule)} (${escapeText(path.source)}).`,
        "",
        ...path.warnings.map(({ text, source }) => `- ⚠️ ${escapeText(text)} (${escapeText(source)})`),
        "",
      ];
    case "refused":
      return [
        `**Path refused:** ${escapeText(path.reason)} (${escapeText(path.source)}). ${escapeText(path.help)}`,
        "",
      ];
    case "unknown":
      return [`**Path not decided:** ${escapeText(path.problem)}. ${escapeText(path.help)}`, ""];
  }
}

function strategyLines({ strategies }: CheckReport): readonly string[] {
  if (strategies.length === 0) return [];
  return [
    "| strategy | fits | why |",
    "|---|---|---|",
    ...strategies.map(
      ({ name, rank, reason }) => `| ${escapeText(name)} | ${rank.replaceAll("_", " ")} | ${escapeText(reason)} |`,
    ),
    "",
  ];
}

function hopLines(hop: HopReport, isOneOfSeveral: boolean): readonly string[] {
  const real = hop.findings.filter(({ kind }) => kind === "finding");
  const questions = hop.findings.filter(({ kind }) => kind === "question");
  const undecided = hop.findings.filter(({ kind }) => kind === "undecided");
  return [
    ...(isOneOfSeveral ? [`# Upgrade ${escapeText(hop.from)} → ${escapeText(hop.to)}`, ""] : []),
    ...(hop.whyNotSkipped === undefined ? [] : [escapeText(hop.whyNotSkipped), ""]),
    ...bySeverity(real).flatMap(({ severity, findings: group }) =>
      part(
        `${severityTitles[severity]} (${group.length})`,
        group.flatMap((finding) => findingLines(finding)),
      ),
    ),
    ...part(
      "Could not be decided",
      undecided.flatMap((finding) => findingLines(finding)),
    ),
    ...part("Questions that only people can answer", [...questions.flatMap((question) => questionLines(question)), ""]),
    ...part("Not looked at", [
      ...hop.notChecked.map(
        ({ input, problem, hazards }) =>
          `- ${escapeText(Object.entries(inputs).find(([name]) => name === input)?.[1] ?? input)}: ${hazards.length} hazards (${escapeText(problem)})`,
      ),
      "",
    ]),
    ...part("Steps", [
      ...hop.steps.map(
        (step, index) =>
          `${index + 1}. ${escapeText(step.title)}${step.class === "safe" ? "" : ` **${step.class}**`} (${step.targets.map((target) => escapeText(target)).join(", ")})`,
      ),
      "",
    ]),
  ];
}

function part(title: string, lines: readonly string[]): readonly string[] {
  return lines.every((line) => line === "") ? [] : [`## ${title}`, "", ...lines];
}

function findingLines(finding: Finding): readonly string[] {
  return [
    `### ${escapeText(finding.title)}`,
    "",
    `${inlineCode(finding.id)} ${escapeText(finding.effect)}`,
    "",
    ...evidenceLines(finding),
    "",
    ...(finding.byMigration === undefined ? [] : [`**The migration:** ${escapeText(finding.byMigration)}`, ""]),
    `**Remedy:** ${escapeText(finding.remedy)}`,
    "",
    `*Source: ${escapeText(finding.source)}*`,
    "",
  ];
}

function questionLines(question: Finding): readonly string[] {
  const { id, remedy } = question;
  const asked = `**${escapeText(askedText(question))}** ${escapeText(reasonToAsk(question))}`;
  return [
    `- [ ] ${inlineCode(id)} ${asked} If so: ${escapeText(remedy)}`,
    ...evidenceLines(hitIfYes(question)).map((line) => `  ${line}`),
  ];
}

function evidenceLines({ evidence, count }: Pick<Finding, "evidence" | "count">): readonly string[] {
  const rest = count - evidence.length;
  return [
    ...evidence.map((piece) => `- ${placeOf(piece)}${inlineCode(evidenceText(piece))}`),
    ...(rest > 0 && evidence.length > 0 ? [`- … ${rest} more`] : []),
  ];
}

function placeOf(piece: Finding["evidence"][number]): string {
  if (typeof piece === "string" || piece.file === undefined) return "";
  return `${inlineCode(piece.line === undefined ? piece.file : `${piece.file}:${piece.line}`)} `;
}

function sourceLines({ sources }: CheckReport): readonly string[] {
  const lines = sources.map(({ name, outcome }) =>
    outcome.kind === "read"
      ? `- ${escapeText(name)}: read at ${outcome.at}`
      : `- ❌ ${escapeText(name)}: ${escapeText(outcome.problem)}; not decided: ${escapeText(outcome.undecided.join("; "))}`,
  );
  return lines.length === 0 ? [] : ["## Sources", "", ...lines, ""];
}

function factLines({ facts }: CheckReport): readonly string[] {
  if (facts.length === 0) return [];
  return [
    "## What is there",
    "",
    "| fact | value | source | at |",
    "|---|---|---|---|",
    ...facts.map(
      ({ fact, value, source, at }) => `| ${escapeText(fact)} | ${escapeText(value)} | ${escapeText(source)} | ${at} |`,
    ),
    "",
  ];
}
