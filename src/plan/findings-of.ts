import type { Facts } from "#src/kong/facts.ts";
import type { Finding } from "#src/kong/finding.ts";

/** What the survey judged for this hop; one finding that says so where it judged nothing. */
export function findingsOf(facts: Facts, hop: { readonly from: string; readonly to: string }): readonly Finding[] {
  const judged = facts.assessment?.hops.find(({ from, to }) => from === hop.from && to === hop.to);
  return judged?.findings ?? [notJudged(hop)];
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
