import { visibleText } from "#src/report/visible-text.ts";
import type { Finding } from "./finding.ts";

/** The report for programs, as docs/terminal.md describes it. */
export interface Diagnosis {
  readonly kind: "doctor";
  readonly failed: number;
  readonly warnings: number;
  readonly notChecked: number;
  readonly checks: readonly (Pick<Finding, "area" | "subject" | "verdict" | "seen"> & {
    readonly fix: string | null;
  })[];
}

export function diagnosisOf(findings: readonly Finding[]): Diagnosis {
  const count = (verdict: Finding["verdict"]): number => findings.filter((each) => each.verdict === verdict).length;
  return {
    kind: "doctor",
    failed: count("failed"),
    warnings: count("warning"),
    notChecked: count("not_checked"),
    checks: findings.map((finding) => ({
      area: finding.area,
      subject: finding.subject,
      verdict: finding.verdict,
      seen: finding.seen,
      fix: finding.verdict === "ok" ? null : finding.fix,
    })),
  };
}

const marks = { ok: "ok         ", warning: "warning    ", failed: "FAILED     ", not_checked: "not checked" } as const;

/** One line for each look, and below it how to put right what is not. */
export function diagnosisText(findings: readonly Finding[]): string {
  const { failed, warnings, notChecked } = diagnosisOf(findings);
  const areas = Map.groupBy(findings, ({ area }) => area);
  const lines = [...areas.values()].flatMap((own) => own.flatMap(linesOf));
  const sum = `${findings.length} looks: ${failed} failed, ${warnings} ${warnings === 1 ? "warning" : "warnings"}, ${notChecked} not checked. Nothing was changed.`;
  return [...lines, "", sum].join("\n");
}

function linesOf(finding: Finding): readonly string[] {
  const { area, subject, seen, verdict } = finding;
  const line = `${marks[verdict]}  ${area}: ${oneLine(subject)}: ${oneLine(seen)}`;
  return verdict === "ok" ? [line] : [line, `             to fix: ${oneLine(finding.fix)}`];
}

/** Whatever programs said stays on its line, and cannot move the cursor. */
function oneLine(text: string): string {
  return visibleText(text.replaceAll(/\s+/gu, " ").trim());
}
