import type { Facts } from "#src/kong/facts.ts";
import type { Severity } from "#src/kong/finding.ts";
import type { Edition } from "#src/kong/releases.ts";
import type { Version } from "#src/kong/version.ts";

/** The two versions between which a hazard is looked for. */
export interface Hop {
  readonly from: Version;
  readonly to: Version;
}

/**
 * How to tell whether a hazard hits: `evidence` lists what is hit by name, and nothing when it does not hit;
 * a `question` can only be answered by a person and is asked where `isAsked` says so.
 */
export type Check =
  | { readonly kind: "evidence"; readonly find: (facts: Facts, hop: Hop) => readonly string[] }
  | { readonly kind: "question"; readonly isAsked: (facts: Facts, hop: Hop) => boolean };

/** One upgrade-relevant change between two Kong versions. */
export interface Hazard {
  readonly id: string;
  /** The first version with the change, e.g. `3.0`; `any` for states that are dangerous between all versions. */
  readonly since: string;
  /** The first version without it, for known bugs that were repaired. */
  readonly fixedIn?: string;
  readonly edition?: Edition;
  readonly severity: Severity;
  readonly title: string;
  /** What it does to the installation it hits. */
  readonly effect: string;
  /** What Kong's migration changes by itself; undefined for nothing. */
  readonly byMigration?: string;
  readonly remedy: string;
  /** Document and version the fact comes from. */
  readonly source: string;
  readonly check: Check;
}

/** A check that lists what is hit. */
export function whenFound(find: (facts: Facts, hop: Hop) => readonly string[]): Check {
  return { kind: "evidence", find };
}

/** A question for a person, asked where the facts give reason to; always where no condition is given. */
export function ask(isAsked: (facts: Facts, hop: Hop) => boolean = () => true): Check {
  return { kind: "question", isAsked };
}
