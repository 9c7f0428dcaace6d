import type { NotChecked } from "#src/kong/assessment.ts";
import type { Source } from "#src/kong/facts.ts";
import type { Finding, Severity } from "#src/kong/finding.ts";
import { askedText, evidenceText, reasonToAsk, severities } from "#src/kong/finding.ts";
import { inputs } from "#src/kong/inventory.ts";
import { bySeverity, severityTitles } from "#src/report/check-report.ts";
import { sections } from "./blocks.ts";
import type { Block } from "./blocks.ts";
import { escapeText, inlineCode } from "./text.ts";

/** Never by colour alone: the words stand beside it. */
export const severityMarks = {
  stops_start: "🛑",
  breaks_traffic: "🔴",
  changes_behaviour: "🟠",
  deprecation: "🟡",
  info: "🔵",
} as const satisfies Record<Severity, string>;

/** The words after one finding and after several. */
const severityCounts = {
  stops_start: { one: "stops the start", many: "stop the start" },
  breaks_traffic: { one: "breaks traffic", many: "break traffic" },
  changes_behaviour: { one: "changes behaviour", many: "change behaviour" },
  deprecation: { one: "deprecated", many: "deprecated" },
  info: { one: "good to know", many: "good to know" },
} as const satisfies Record<Severity, { readonly one: string; readonly many: string }>;

/** `🔴 breaks traffic` */
export function severityText(severity: Severity): string {
  return `${severityMarks[severity]} ${severityCounts[severity].one}`;
}

/** `3 findings (1 breaks traffic, 2 change behaviour), 2 questions for people` */
export function findingsSummary(findings: readonly Finding[]): string {
  if (findings.length === 0) return "No findings";
  const real = findings.filter((finding) => finding.kind === "finding");
  const counts = severities.flatMap((severity) => {
    const count = real.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severityCounts[severity][count === 1 ? "one" : "many"]}`];
  });
  const questions = findings.filter((finding) => finding.kind === "question").length;
  const undecided = findings.length - real.length - questions;
  return [
    `${real.length} ${real.length === 1 ? "finding" : "findings"}${counts.length === 0 ? "" : ` (${counts.join(", ")})`}`,
    ...(questions > 0 ? [`${questions} ${questions === 1 ? "question" : "questions"} for people`] : []),
    ...(undecided > 0 ? [`${undecided} undecided`] : []),
  ].join(", ");
}

/** As many as a thread shows of one kind; the report that stands beside them has all. */
const maxShown = { findings: 40, undecided: 10, questions: 25, notChecked: 20 } as const;

/** Findings with their evidence under their severity, worst first. */
export function findingsBlocks(findings: readonly Finding[]): readonly Block[] {
  const real = findings.filter(({ kind }) => kind === "finding");
  let room: number = maxShown.findings;
  const groups = bySeverity(real).flatMap(({ severity, findings: group }): readonly Block[] => {
    const shown = group.slice(0, room);
    room -= shown.length;
    const heading = `${severityMarks[severity]} *${severityTitles[severity]}* (${group.length})`;
    return sections([heading, ...shown.map(describeFinding), ...moreOf(group.length, shown.length)].join("\n"));
  });
  return [...groups, ...undecidedBlocks(findings)];
}

function undecidedBlocks(findings: readonly Finding[]): readonly Block[] {
  const undecided = findings.filter(({ kind }) => kind === "undecided");
  if (undecided.length === 0) return [];
  const shown = undecided.slice(0, maxShown.undecided);
  return sections(
    ["*Could not be decided*", ...shown.map(describeFinding), ...moreOf(undecided.length, shown.length)].join("\n"),
  );
}

/** Questions where nobody can answer them: a check, a dry run. */
export function listedQuestions(findings: readonly Finding[]): readonly Block[] {
  const questions = findings.filter(({ kind }) => kind === "question");
  if (questions.length === 0) return [];
  const shown = questions.slice(0, maxShown.questions);
  const lines = shown.map(
    (question) =>
      `❓ *${escapeText(askedText(question), 300)}* If so: ${severityText(question.severity)}\n    ${escapeText(reasonToAsk(question), 400)}`,
  );
  return sections(
    [
      "*Questions that only people can answer* (a plan asks them, and keeps the answers)",
      ...lines,
      ...moreOf(questions.length, shown.length),
    ].join("\n"),
  );
}

/** What nobody looked at, and how many hazards stay open because of it; what failed, with what it leaves undecided. */
export function notLookedAt(notChecked: readonly NotChecked[], sources: readonly Source[]): readonly Block[] {
  const shown = notChecked.slice(0, maxShown.notChecked);
  const lines = shown.map(
    ({ input, problem, hazards }) =>
      `• ${inputText(input)}: ${hazardCount(hazards.length)} (${escapeText(problem, 200)})`,
  );
  const failed = sources.flatMap(({ name, outcome }) =>
    outcome.kind === "read"
      ? []
      : [
          `• ${escapeText(name, 100)}: ${escapeText(outcome.problem, 300)}; not decided: ${escapeText(outcome.undecided.join("; "), 300)}`,
        ],
  );
  return [
    ...(lines.length === 0
      ? []
      : sections(["*Not looked at*", ...lines, ...moreOf(notChecked.length, shown.length)].join("\n"))),
    ...(failed.length === 0
      ? []
      : sections(
          [
            "*Could not be read*",
            ...failed.slice(0, maxShown.notChecked),
            ...moreOf(failed.length, maxShown.notChecked),
          ].join("\n"),
        )),
  ];
}

/** `the custom nginx template (12 hazards), dashboards (3 hazards)`; undefined where everything was looked at. */
export function notLookedAtSummary(notChecked: readonly NotChecked[]): string | undefined {
  if (notChecked.length === 0) return undefined;
  const shown = notChecked
    .slice(0, 6)
    .map(({ input, hazards }) => `${inputText(input)} (${hazardCount(hazards.length)})`);
  const rest = notChecked.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more in the report` : ""}`;
}

function inputText(input: string): string {
  return escapeText(Object.entries(inputs).find(([name]) => name === input)?.[1] ?? input, 100);
}

function hazardCount(count: number): string {
  return `${count} ${count === 1 ? "hazard" : "hazards"}`;
}

function moreOf(all: number, shown: number): readonly string[] {
  return all > shown ? [`…${all - shown} more in the report`] : [];
}

/** Pieces of evidence that a thread shows of one finding. */
const maxEvidence = 5;

function describeFinding(finding: Finding): string {
  return [
    `*${escapeText(finding.title, 200)}*`,
    `    ${escapeText(finding.effect, 500)}`,
    ...evidenceLines(finding),
    ...(finding.byMigration === undefined ? [] : [`    _The migration:_ ${escapeText(finding.byMigration, 300)}`]),
    `    _Remedy:_ ${escapeText(finding.remedy, 500)}`,
    `    _Source:_ ${escapeText(finding.source, 200)}`,
  ].join("\n");
}

/** A line for each piece that is shown. A survey keeps at most 20, so the report may list fewer than there are. */
export function evidenceLines(
  { evidence, count }: Pick<Finding, "evidence" | "count">,
  most = maxEvidence,
): readonly string[] {
  const shown = evidence.slice(0, most);
  const lines = shown.map((piece) => `    • ${inlineCode(evidenceText(piece), 200)}`);
  const left = count - shown.length;
  if (shown.length === 0 || left <= 0) return lines;
  const rest =
    count <= evidence.length ? `…${left} more in the report` : `…${left} more; the report lists ${evidence.length}`;
  return [...lines, `    ${rest}`];
}
