import type { Finding } from "#src/doctor/finding.ts";

/** One line for each look, without what to do: `failed database role`. */
export function verdicts(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ verdict, area, subject }) => `${verdict} ${area} ${subject}`);
}

/** The one line about a subject. */
export function about(findings: readonly Finding[], subject: string): Finding {
  const found = findings.find((finding) => finding.subject === subject);
  if (found === undefined) throw new Error(`nothing is said about ${subject}: ${verdicts(findings).join("; ")}`);
  return found;
}
