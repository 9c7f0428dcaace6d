import { maxEvidence } from "#src/kong/assess/evidence.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Finding } from "#src/kong/finding.ts";

/** What the survey judged for this hop; one finding that says so where it judged nothing. */
export function findingsOf(facts: Facts, hop: { readonly from: string; readonly to: string }): readonly Finding[] {
  const judged = facts.assessment?.hops.find(({ from, to }) => from === hop.from && to === hop.to);
  // A terminal judges with all of the evidence; the plan it shows has to be the one that a runner makes.
  return judged?.findings.map(withoutRest) ?? [notJudged(hop)];
}

function withoutRest(finding: Finding): Finding {
  return finding.evidence.length <= maxEvidence
    ? finding
    : { ...finding, evidence: finding.evidence.slice(0, maxEvidence) };
}

function notJudged({ from, to }: { readonly from: string; readonly to: string }): Finding {
  return {
    id: "not-assessed",
    kind: "undecided",
    severity: "breaks_traffic",
    title: `No hazard of ${from} → ${to} was looked for`,
    effect: "The survey judged other versions than these, so nobody knows what breaks.",
    evidence: [],
    count: 0,
    remedy: "Plan again, so that a runner looks at the installation for exactly this way.",
    source: "own rule",
  };
}
