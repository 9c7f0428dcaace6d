import type { Edition } from "#src/kong/releases.ts";
import type { Version } from "#src/kong/version.ts";

/** One upgrade between two versions, as hazards are judged for it. */
export interface Hop {
  readonly from: Version;
  readonly to: Version;
  /** The edition of the target. */
  readonly edition: Edition;
  /** How the upgrade is done, e.g. `blue-green`; undefined where nobody chose yet. */
  readonly strategy?: string | undefined;
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
