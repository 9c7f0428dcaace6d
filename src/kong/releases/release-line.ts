export type Edition = "oss" | "enterprise";

/** One line (minor) of Kong Gateway as one edition ships it. Dates are ISO days, UTC. */
export interface ReleaseLine {
  readonly minor: string;
  readonly edition: Edition;
  /** Every release that is known, oldest first; empty where the line is known only as a place to come from. */
  readonly releases: readonly string[];
  /** A long-term line of Enterprise; the OSS line of the same number is built from the same code. */
  readonly isLts: boolean;
  readonly releasedOn: string | undefined;
  /** End of full support; OSS lines have no support dates. */
  readonly endOfSupport: string | undefined;
  /** End of the year after full support in which Kong helps with upgrades only. */
  readonly endOfSunset: string | undefined;
  /** The oldest PostgreSQL: what the start check demands (OSS), or the oldest that Kong tests (Enterprise). */
  readonly minPostgres: string;
  /** The major versions of PostgreSQL that Kong tests; empty where it published no list. */
  readonly testedPostgres: readonly number[];
  readonly cassandra: "supported" | "deprecated" | "removed";
  readonly source: string;
}

/** Cassandra was deprecated in 2.7 and removed in 3.4 (Kong/kong CHANGELOG 2.7.0 and 3.4.0). */
export function cassandraIn(major: number, minor: number): ReleaseLine["cassandra"] {
  if (major > 3 || (major === 3 && minor >= 4)) return "removed";
  return major === 3 || (major === 2 && minor >= 7) ? "deprecated" : "supported";
}

/** `3.4.3` and the patches 1 to 3 become `3.4.3.1`, `3.4.3.2`, `3.4.3.3`. */
export function numbered(start: string, first: number, last: number): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${start}.${first + index}`);
}
