import { visible } from "#src/kong/assess/shown-value.ts";
import { askedText, evidenceText, hitIfYes, reasonToAsk } from "#src/kong/finding.ts";
import type { Finding } from "#src/kong/finding.ts";
import { inputs } from "#src/kong/inventory.ts";
import type { NotChecked } from "#src/kong/assessment.ts";
import { bySeverity, countsText, severityTitles } from "./check-report.ts";
import type { CheckReport, HopReport, PathReport } from "./check-report.ts";
import { visibleText } from "./visible-text.ts";

/** As many places as a terminal shows per finding; JSON and SARIF have them all. */
const maxPlaces = 10;

/** The report for a terminal: plain text, worst first, nothing that needs colours. */
export function textReport(report: CheckReport): string {
  const { subject, from, to, path, hops } = report;
  return [
    `${subject}: Kong ${from ?? "of an unknown version"} → ${to}`,
    "",
    ...pathLines(path),
    ...sourceLines(report),
    ...noteLines(report),
    ...factLines(report),
    ...hops.flatMap((hop, index) => hopLines(hop, { number: index + 1, of: hops.length })),
    ...strategyLines(report),
    ...hops.flatMap((hop) => stepLines(hop)),
  ]
    .map(visibleText)
    .join("\n");
}

function pathLines(path: PathReport): readonly string[] {
  switch (path.kind) {
    case "possible":
      return [
        `Path: ${path.rule} (${path.source}).`,
        ...path.warnings.map(({ text, source }) => `  warning: ${text} (${source})`),
      ];
    case "refused":
      return [`Path: REFUSED. ${path.reason} (${path.source}).`, `  What would help: ${path.help}`];
    case "unknown":
      return [`Path: NOT DECIDED. ${path.problem}.`, `  What would help: ${path.help}`];
  }
}

function sourceLines({ sources }: CheckReport): readonly string[] {
  const lines = sources.flatMap(({ name, outcome }) => {
    if (outcome.kind === "read") return [];
    const undecided = outcome.undecided.join("; ");
    const because = undecided === "" ? [] : [`      not decided because of it: ${undecided}`];
    return [`  ${name}: ${outcome.problem}`, ...because];
  });
  return section("COULD NOT BE READ", lines);
}

function noteLines({ notes = [] }: CheckReport): readonly string[] {
  const shown = notes.slice(0, maxPlaces).map((note) => `  ${note}`);
  const rest = notes.length - shown.length;
  return section("ODD ABOUT THE FILES", [...shown, ...(rest > 0 ? [`  … ${rest} more`] : [])]);
}

function factLines({ facts }: CheckReport): readonly string[] {
  if (facts.length === 0) return [];
  return ["", "WHAT IS THERE", ...facts.map(({ fact, value, source }) => `  ${fact}: ${value}  (${source})`)];
}

function hopLines(hop: HopReport, place: { readonly number: number; readonly of: number }): readonly string[] {
  const { findings, notChecked } = hop;
  const real = findings.filter(({ kind }) => kind === "finding");
  const questions = findings.filter(({ kind }) => kind === "question");
  const undecided = findings.filter(({ kind }) => kind === "undecided");
  const head = place.of === 1 ? "" : `Upgrade ${place.number} of ${place.of}, ${hop.from} → ${hop.to}: `;
  return [
    "",
    `${head}${countsText(findings)}`,
    ...(hop.whyNotSkipped === undefined ? [] : [`  ${hop.whyNotSkipped}`]),
    ...bySeverity(real).flatMap(({ severity, findings: group }) =>
      section(
        severityTitles[severity].toUpperCase(),
        group.flatMap((finding) => findingLines(finding)),
      ),
    ),
    ...section(
      "COULD NOT BE DECIDED",
      undecided.flatMap((finding) => findingLines(finding)),
    ),
    ...section(
      "QUESTIONS THAT ONLY PEOPLE CAN ANSWER",
      questions.flatMap((finding) => questionLines(finding)),
    ),
    ...section(
      "NOT LOOKED AT",
      notChecked.map((input) => notCheckedLine(input)),
    ),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

function findingLines(finding: Finding): readonly string[] {
  return [
    `  ${finding.title}  [${finding.id}]`,
    `      ${finding.effect}`,
    ...placeLines(finding),
    ...(finding.byMigration === undefined ? [] : [`      The migration: ${finding.byMigration}`]),
    `      Remedy: ${finding.remedy}${finding.isFixable === true ? " (--fix-preview shows the changed file)" : ""}`,
    `      Source: ${finding.source}`,
  ];
}

function placeLines({ evidence, count }: Pick<Finding, "evidence" | "count">): readonly string[] {
  const places = evidence.slice(0, maxPlaces);
  const more = count - places.length;
  return [
    ...places.map((piece) => `      - ${placeOf(piece)}${evidenceText(piece)}`),
    ...(more > 0 && places.length > 0 ? [`      … ${more} more`] : []),
  ];
}

/** `kong.yml:12: `, which editors and terminals turn into a link; nothing where the text has it already. */
function placeOf(piece: Finding["evidence"][number]): string {
  if (typeof piece === "string" || piece.file === undefined) return "";
  const place = piece.line === undefined ? piece.file : `${piece.file}:${piece.line}`;
  return piece.text.includes(visible(place)) ? "" : `${place}: `;
}

function questionLines(finding: Finding): readonly string[] {
  return [
    `  ${askedText(finding)}  [${finding.id}]`,
    `      ${reasonToAsk(finding)}`,
    ...placeLines(hitIfYes(finding)),
    `      If so: ${finding.remedy}`,
    `      Source: ${finding.source}`,
  ];
}

function notCheckedLine({ input, problem, hazards }: NotChecked): string {
  const words = Object.entries(inputs).find(([name]) => name === input)?.[1] ?? input;
  const why = problem.startsWith(`${words}: `) ? problem.slice(words.length + 2) : problem;
  return `  ${words}: ${hazards.length} ${hazards.length === 1 ? "hazard" : "hazards"} not looked for (${why})`;
}

function strategyLines({ strategies }: CheckReport): readonly string[] {
  if (strategies.length === 0) return [];
  const marks = {
    first_choice: "recommended",
    possible: "possible",
    discouraged: "not advised",
    refused: "cannot work",
  };
  return ["", "STRATEGY", ...strategies.map(({ name, rank, reason }) => `  ${name}: ${marks[rank]}, ${reason}`)];
}

function stepLines({ from, to, steps, planDigest }: HopReport): readonly string[] {
  if (steps.length === 0) return [];
  return [
    "",
    `STEPS ${from} → ${to}${planDigest === undefined ? "" : ` (plan ${planDigest})`}`,
    ...steps.map((step, index) => {
      const mark = step.class === "safe" ? "" : ` [${step.class}]`;
      return `  ${String(index + 1).padStart(2)}. ${step.title}${mark} · ${step.targets.join(", ")}`;
    }),
  ];
}
