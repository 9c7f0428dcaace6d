import { editionOf } from "#src/kong/releases.ts";
import type { Edition } from "#src/kong/releases.ts";
import type { Version } from "#src/kong/version.ts";

/** One upgrade between two versions, as hazards are judged for it. */
export interface Hop {
  readonly from: Version;
  readonly to: Version;
  /** The edition of the target. */
  readonly edition: Edition;
  /** What runs now, where other upgrades of the way come before this one; `from` otherwise. */
  readonly running?: Version | undefined;
  /** How the upgrade is done, e.g. `blue-green`; undefined where nobody chose yet. */
  readonly strategy?: string | undefined;
}

/** A version with the edition that it is of. */
export interface Release {
  readonly version: Version;
  readonly edition: Edition;
}

/** What runs now. A number without a fourth part may be an Enterprise one that was cut short, which who looked there knows. */
export function runningRelease({ from, running = from }: Hop, told: Edition | undefined): Release {
  const edition = editionOf(running);
  return { version: running, edition: edition === "enterprise" ? edition : (told ?? edition) };
}

/** What the upgrade starts from: what runs now, or a stop on the way, whose number tells its edition. */
export function startOf(hop: Hop, told: Edition | undefined): Release {
  return hop.running === undefined ? runningRelease(hop, told) : { version: hop.from, edition: editionOf(hop.from) };
}

/**
 * The catalogue's words for the strategy of a plan. Plans name every way apart; what matters to a hazard is that several
 * of them are Helm, or run old and new nodes side by side on Kubernetes.
 */
export function strategyWords(strategy: string): readonly string[] {
  const words = new Set([strategy]);
  if (strategy.includes("helm")) for (const word of ["helm", "kubernetes"]) words.add(word);
  if (strategy.includes("split")) words.add("split-releases");
  return [...words];
}
