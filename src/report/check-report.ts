import type { Instant } from "#src/kernel/instant.ts";
import type { HopAssessment } from "#src/kong/assessment.ts";
import type { Source } from "#src/kong/facts.ts";
import type { Finding, Severity } from "#src/kong/finding.ts";
import { severities } from "#src/kong/finding.ts";

/** Whether there is a way from one version to the other, with the rule that says so and where it stands. */
export type PathReport =
  | {
      readonly kind: "possible";
      readonly rule: string;
      readonly source: string;
      readonly warnings: readonly { readonly text: string; readonly source: string }[];
    }
  | { readonly kind: "refused"; readonly reason: string; readonly help: string; readonly source: string }
  /** The running version is not known, so nothing can be judged. */
  | { readonly kind: "unknown"; readonly problem: string; readonly help: string };

/** One upgrade on the way: what it meets, why it cannot be skipped, and what will happen step by step. */
export interface HopReport extends HopAssessment {
  readonly rule: string;
  /** Absent for a way of one hop. */
  readonly whyNotSkipped?: string;
  /** The checklist in short; empty where no strategy works. */
  readonly steps: readonly StepOutline[];
  /** Digest of the plan that `start` would execute; absent where facts of a live installation are missing for one. */
  readonly planDigest?: string;
}

export interface StepOutline {
  readonly id: string;
  readonly title: string;
  readonly class: "safe" | "disruptive" | "irreversible";
  readonly targets: readonly string[];
}

export interface StrategyReport {
  readonly name: string;
  readonly rank: "first_choice" | "possible" | "discouraged" | "refused";
  /** Why it suits, or every reason why it cannot work here. */
  readonly reason: string;
}

export interface FactReport {
  readonly fact: string;
  readonly value: string;
  readonly source: string;
  readonly at: Instant;
}

/** The answer to "what would this upgrade do here", for every form in which it is shown. */
export interface CheckReport {
  /** The environment, or the files that were read. */
  readonly subject: string;
  readonly from: string | undefined;
  readonly to: string;
  readonly path: PathReport;
  readonly hops: readonly HopReport[];
  readonly strategies: readonly StrategyReport[];
  readonly facts: readonly FactReport[];
  readonly sources: readonly Source[];
  /** What is odd about the files that were read and keeps nothing from being judged; absent where none was read. */
  readonly notes?: readonly string[];
  /** Version of this program, for who reads the report later. */
  readonly toolVersion: string;
  readonly at: Instant;
}

/** From which severity on findings make a pipeline fail; `never` for reports only. */
export const failLevels = [...severities, "never"] as const;
export type FailLevel = (typeof failLevels)[number];

/**
 * The exit status for pipelines: 1 when a finding is at or above the level; else 2 when something that was asked for
 * could not be decided (a source failed, the versions or the way are not known or refused); else 0. With `isStrict`
 * inputs that were never given and open questions count as undecided too.
 */
export function exitStatus(report: CheckReport, failOn: FailLevel, options: { readonly isStrict: boolean }): 0 | 1 | 2 {
  const all = report.hops.flatMap(({ findings }) => findings);
  if (all.some((finding) => finding.kind === "finding" && isAtOrAbove(finding.severity, failOn))) return 1;
  if (report.path.kind !== "possible") return 2;
  if (all.some(({ kind }) => kind === "undecided")) return 2;
  if (report.sources.some(({ outcome }) => outcome.kind === "failed")) return 2;
  const isOpen =
    all.some(({ kind }) => kind === "question") || report.hops.some(({ notChecked }) => notChecked.length > 0);
  return options.isStrict && isOpen ? 2 : 0;
}

function isAtOrAbove(severity: Severity, level: FailLevel): boolean {
  return level !== "never" && severities.indexOf(severity) <= severities.indexOf(level);
}

/** How a severity is said in reports. */
export const severityTitles = {
  stops_start: "Stops the start",
  breaks_traffic: "Breaks traffic",
  changes_behaviour: "Changes behaviour",
  deprecation: "Deprecated",
  info: "Good to know",
} as const satisfies Record<Severity, string>;

/** Findings of one kind, grouped by severity, worst first; empty groups are left out. */
export function bySeverity(
  findings: readonly Finding[],
): readonly { readonly severity: Severity; readonly findings: readonly Finding[] }[] {
  return severities
    .map((severity) => ({ severity, findings: findings.filter((finding) => finding.severity === severity) }))
    .filter((group) => group.findings.length > 0);
}

/** `3 findings (1 stops the start, 2 break traffic), 2 questions, 1 undecided`; says "no findings" only where all was read. */
export function countsText(findings: readonly Finding[]): string {
  const real = findings.filter(({ kind }) => kind === "finding");
  const groups = bySeverity(real).map(
    (group) => `${group.findings.length} ${severityTitles[group.severity].toLowerCase()}`,
  );
  const questions = findings.filter(({ kind }) => kind === "question").length;
  const undecided = findings.length - real.length - questions;
  // "No findings" would be read as safe where something could not be read.
  const none = undecided > 0 ? "nothing found in what could be read" : "no findings";
  return [
    real.length === 0 ? none : `${real.length} ${real.length === 1 ? "finding" : "findings"} (${groups.join(", ")})`,
    ...(questions > 0 ? [`${questions} ${questions === 1 ? "question" : "questions"} for people`] : []),
    ...(undecided > 0 ? [`${undecided} undecided`] : []),
  ].join(", ");
}
