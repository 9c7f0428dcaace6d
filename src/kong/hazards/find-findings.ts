import type { Facts } from "#src/kong/facts.ts";
import { severities } from "#src/kong/finding.ts";
import type { Finding } from "#src/kong/finding.ts";
import { editionOf } from "#src/kong/releases.ts";
import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import { hazards } from "./catalogue.ts";
import type { Hazard, Hop } from "./hazard.ts";

/** As many examples as a card can hold; `count` tells how many there are. */
const maxEvidence = 20;

/**
 * Every hazard between two versions that hits this installation, every question that only people can answer, and what
 * could not be decided because a source failed; worst first. Versions that cannot be read give no findings of hazards.
 */
export function findFindings(facts: Facts, from: string, to: string): readonly Finding[] {
  const hop = hopOf(from, to);
  const found = hop === undefined ? [] : hazards.flatMap((hazard) => findOne(hazard, facts, hop));
  return [...found, ...undecided(facts)].toSorted((left, right) => rank(left) - rank(right));
}

/** Whether a hazard lies between two versions. */
export function concerns(hazard: Hazard, hop: Hop): boolean {
  if (hazard.edition !== undefined && hazard.edition !== editionOf(hop.to)) return false;
  if (hazard.since === "any") return true;
  if (hazard.fixedIn !== undefined && isAtLeast(hop.to, hazard.fixedIn)) return false;
  return isAtLeast(hop.to, hazard.since) && !isAtLeast(hop.from, hazard.since);
}

function findOne(hazard: Hazard, facts: Facts, hop: Hop): readonly Finding[] {
  if (!concerns(hazard, hop)) return [];
  const { id, severity, title, remedy, source } = hazard;
  const effect = hazard.byMigration === undefined ? hazard.effect : `${hazard.effect} ${hazard.byMigration}`;
  const shared = { id, severity, title, effect, remedy, source };
  if (hazard.check.kind === "question") {
    return hazard.check.isAsked(facts, hop) ? [{ ...shared, kind: "question", evidence: [], count: 0 }] : [];
  }
  const evidence = hazard.check.find(facts, hop);
  if (evidence.length === 0) return [];
  return [{ ...shared, kind: "finding", evidence: evidence.slice(0, maxEvidence), count: evidence.length }];
}

function undecided(facts: Facts): readonly Finding[] {
  return facts.sources.flatMap((source): readonly Finding[] => {
    if (source.outcome.kind === "read" || source.outcome.undecided.length === 0) return [];
    const { problem, undecided: open } = source.outcome;
    return [
      {
        id: `undecided-${source.name.toLowerCase().replaceAll(/[^a-z0-9]+/gu, "-")}`,
        kind: "undecided",
        severity: "changes_behaviour",
        title: `Not decided, because ${source.name} could not be read`,
        effect: `${source.name}: ${problem}`,
        evidence: open.slice(0, maxEvidence),
        count: open.length,
        remedy: "make the source readable and plan again, or check these by hand",
        source: "discovery",
      },
    ];
  });
}

function hopOf(from: string, to: string): Hop | undefined {
  const fromVersion = parseVersion(from);
  const toVersion = parseVersion(to);
  return fromVersion === undefined || toVersion === undefined ? undefined : { from: fromVersion, to: toVersion };
}

const kinds = ["finding", "undecided", "question"] as const;

/** Findings before what is open, each by severity; the order of the catalogue within. */
function rank(finding: Finding): number {
  return kinds.indexOf(finding.kind) * severities.length + severities.indexOf(finding.severity);
}
