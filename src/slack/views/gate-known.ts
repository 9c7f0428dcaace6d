import { formatDuration } from "#src/kernel/duration.ts";
import { severities } from "#src/kong/finding.ts";
import type { Finding } from "#src/kong/finding.ts";
import type { Plan } from "#src/plan/plan.ts";
import { decidedFindings } from "#src/upgrade/answers.ts";
import { findingsSummary, severityText } from "./findings.ts";
import type { KnownBefore } from "./gate.ts";
import { requesterName } from "./names.ts";
import { answeredText } from "./questions.ts";
import { dateToken, escapeText } from "./text.ts";

/** Of the worst findings, by title; the plan has all. */
const maxNamed = 3;

/** What an approver should know of the plan before saying yes: its findings, and whether it was done elsewhere before. */
export function knownBefore(plan: Plan, known: KnownBefore): string {
  const lines = [...findingsLines(plan, known), rehearsalLine(plan, known)];
  return lines.filter((line) => line !== undefined).join("\n");
}

function findingsLines({ kind, findings }: Plan, { answers, acknowledged }: KnownBefore): readonly string[] {
  if (kind === "rollback" && findings.length === 0) return [];
  if (findings.length === 0) return ["*Findings:* none"];
  const decided = decidedFindings(findings, answers);
  const answered = answeredText(findings, answers);
  const who =
    acknowledged === undefined
      ? "not acknowledged yet"
      : `acknowledged${acknowledged.by === undefined ? "" : ` by ${requesterName(acknowledged.by)}`}, ${dateToken(acknowledged.at)}`;
  const worst = worstOf(decided);
  return [
    `*Findings,* ${who}: ${findingsSummary(decided)}${answered === undefined ? "" : `; ${answered}`}. All of them stand in the plan and the report of this thread.`,
    ...(worst.length === 0 ? [] : [`*Worst:* ${worst.join("; ")}`]),
  ];
}

/** `🛑 stops the start: A removed key stops the start` */
function worstOf(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter(({ kind, severity }) => kind === "finding" && severity !== "info")
    .toSorted((left, right) => severities.indexOf(left.severity) - severities.indexOf(right.severity))
    .slice(0, maxNamed)
    .map(({ severity, title }) => `${severityText(severity)}: ${escapeText(title, 120)}`);
}

function rehearsalLine({ kind }: Plan, { preproduction, rehearsal }: KnownBefore): string | undefined {
  if (kind === "rollback") return undefined;
  if (rehearsal !== undefined) {
    const { upgradeId, environment, from, to, strategy, startedAt, completedAt } = rehearsal;
    const took =
      startedAt === undefined ? "" : ` in ${formatDuration(Date.parse(completedAt) - Date.parse(startedAt))}`;
    return `*Earlier environment:* ${escapeText(upgradeId, 40)} took ${escapeText(environment, 60)} from ${escapeText(from, 20)} to ${escapeText(to, 20)} (${escapeText(strategy, 40)})${took}, completed ${dateToken(completedAt)}`;
  }
  return preproduction === undefined
    ? "*Earlier environment:* none configured"
    : `*Earlier environment:* ${escapeText(preproduction, 60)} is configured, and no completed upgrade of it was known when this was asked`;
}
