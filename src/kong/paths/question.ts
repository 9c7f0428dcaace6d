import type { Edition } from "#src/kong/releases.ts";
import type { Version } from "#src/kong/version.ts";

/** Whether one installation can go from one version to another. What is not known is left out and not judged. */
export interface PathQuestion {
  readonly from: string;
  readonly to: string;
  /** The edition that runs. */
  readonly edition: Edition;
  /** The edition that is wanted; the running one where absent. */
  readonly editionTo?: Edition | undefined;
  readonly topology?: "traditional" | "hybrid" | "dbless" | undefined;
  /** `off` for nodes without a database. */
  readonly database?: "postgres" | "cassandra" | "off" | undefined;
  /** `show server_version`, e.g. `15.18 (Debian …)`. */
  readonly postgresVersion?: string | undefined;
  /** Versions of the data planes; `from` and `to` are then those of the control planes. */
  readonly dataPlaneVersions?: readonly string[] | undefined;
  /** Names of the plugins in use. */
  readonly plugins?: readonly string[] | undefined;
  /** Name of the strategy, e.g. `blue-green`, which some version pairs do not allow. */
  readonly strategy?: string | undefined;
  /** ISO day; with it, support that ended or ends soon is warned about. */
  readonly today?: string | undefined;
}

/** Something worth knowing on a path, with where it is written. */
export interface PathRemark {
  readonly text: string;
  readonly source: string;
}

/** One upgrade of a path. */
export interface Hop {
  readonly from: Version;
  readonly to: Version;
  readonly rule: string;
  readonly source: string;
  /** Why the path cannot go past the version this hop ends at; for the last hop, that it is the wanted one. */
  readonly whyNotSkipped: string;
}

export type PathRefusalCode =
  | "version_not_understood"
  | "not_a_release"
  | "incomplete_version"
  | "unknown_version"
  | "unknown_running_version"
  | "below_1_0"
  | "same_version"
  | "downgrade"
  | "edition_mismatch"
  | "edition_change"
  | "edition_and_version"
  | "enterprise_to_oss"
  | "no_enterprise_twin"
  | "oss_ends_at_3_9"
  | "known_bad_release"
  | "cassandra_removed"
  | "postgres_too_old"
  | "data_planes_newer"
  | "blue_green_too_old"
  | "no_known_path";

/** A "no" with its rule, before anybody looked for what is possible instead. */
export interface RefusalReason {
  readonly code: PathRefusalCode;
  readonly reason: string;
  readonly rule: string;
  readonly source: string;
  /** Separate upgrades that end at the wanted version all the same, in order; empty where none are known. */
  readonly stops?: readonly string[];
}

/** Why one version cannot follow another here, by which rule of whom, and what is possible instead. */
export interface PathRefusal extends RefusalReason {
  /** The nearest version that can be asked for instead; undefined where there is none. */
  readonly nearest: string | undefined;
  readonly stops: readonly string[];
}

interface AllowedPath {
  readonly from: Version;
  readonly to: Version;
  readonly rule: string;
  readonly source: string;
  /** One hop of a direct path; every stop and the wanted version, in order, of one that takes several. */
  readonly hops: readonly Hop[];
  readonly warnings: readonly PathRemark[];
  /** What Kong recommends, and nothing is wrong without. */
  readonly advice: readonly PathRemark[];
}

export type PathVerdict =
  | ({ readonly kind: "direct" } & AllowedPath)
  /** Each hop is an upgrade of its own, with its own plan. */
  | ({ readonly kind: "several_hops" } & AllowedPath)
  | ({ readonly kind: "refused" } & PathRefusal);

/** A question whose versions were read; the edition is that of the wanted version. */
export interface ReadQuestion {
  readonly from: Version;
  readonly to: Version;
  readonly edition: Edition;
  readonly asked: PathQuestion;
}

/** The documents that several rules come from. */
export const sources = {
  reference: "Kong developer docs, upgrade reference, guaranteed upgrade paths",
  supportPolicy: "Kong developer docs, version support policy",
  ossUpgrade: "Kong/kong UPGRADE.md (master)",
  lateral: "Kong blog, How and why to migrate from Kong open source to Kong Enterprise",
} as const;
