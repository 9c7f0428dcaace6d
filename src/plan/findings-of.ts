import { maxEvidence } from "#src/kong/assess/evidence.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Finding } from "#src/kong/finding.ts";
import { inputs } from "#src/kong/inventory.ts";

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

/** What nobody looked at, for the notes of a plan: a checklist without findings must not look as if all was seen. */
export function notLookedAt(facts: Facts, hop: { readonly from: string; readonly to: string }): readonly string[] {
  const judged = facts.assessment?.hops.find(({ from, to }) => from === hop.from && to === hop.to);
  const open = judged?.notChecked ?? [];
  if (open.length === 0) return [];
  const parts = open.map(({ input, hazards }) => `${wordsOf(input)} (${hazards.length})`);
  return [`Not looked at, with the number of hazards that nobody could decide because of it: ${parts.join("; ")}.`];
}

function wordsOf(input: string): string {
  return Object.entries(inputs).find(([name]) => name === input)?.[1] ?? input;
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
