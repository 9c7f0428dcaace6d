import type { Finding } from "#src/kong/finding.ts";

/** Lines that fit into one Slack text of 3,000 characters. */
const maxLines = 25;

/** The titles of findings, one a line, as a step tells a person which of them it is about. */
export function findingLines(findings: readonly Finding[]): string {
  const lines = findings.slice(0, maxLines).map((finding) => {
    const count = finding.count > 1 ? ` (${finding.count})` : "";
    return `• ${finding.title.replaceAll(/[\r\n\u2028\u2029]+/gu, " ")}${count}`;
  });
  const rest = findings.length - lines.length;
  return [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n");
}
