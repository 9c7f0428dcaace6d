import { compareVersions, minorOf, parseVersion } from "./version.ts";
import type { Version } from "./version.ts";

export type Edition = "oss" | "enterprise";

/** One line (minor) of Kong Gateway as one edition ships it. Dates are ISO days, UTC. */
export interface Release {
  readonly minor: string;
  readonly edition: Edition;
  readonly first: string;
  readonly latest: string;
  readonly isLts: boolean;
  /** End of full support; OSS lines have no support dates. */
  readonly endOfSupport: string | undefined;
  readonly minPostgres: string;
  readonly source: string;
}

const ossSource = "Kong/kong release tags; PostgreSQL minimum from kong/constants.lua (9.5 in 2.1 to 3.9)";
const enterpriseSource =
  "Kong developer docs, app/_data/support/gateway.yml and app/_data/products/gateway.yml (August 2026)";

/** OSS: minor, first, latest. 3.9 is the last OSS line (Kong/kong tags: no 3.10). */
const ossLines = [
  ["2.1", "2.1.0", "2.1.4"],
  ["2.2", "2.2.0", "2.2.2"],
  ["2.3", "2.3.0", "2.3.3"],
  ["2.4", "2.4.0", "2.4.1"],
  ["2.5", "2.5.0", "2.5.1"],
  ["2.6", "2.6.0", "2.6.0"],
  ["2.7", "2.7.0", "2.7.2"],
  ["2.8", "2.8.0", "2.8.5"],
  ["3.0", "3.0.0", "3.0.2"],
  ["3.1", "3.1.0", "3.1.1"],
  ["3.2", "3.2.0", "3.2.2"],
  ["3.3", "3.3.0", "3.3.1"],
  ["3.4", "3.4.0", "3.4.2"],
  ["3.5", "3.5.0", "3.5.0"],
  ["3.6", "3.6.0", "3.6.1"],
  ["3.7", "3.7.0", "3.7.1"],
  ["3.8", "3.8.0", "3.8.1"],
  ["3.9", "3.9.0", "3.9.3"],
] as const;

/** Enterprise: minor, first, latest known, end of full support, oldest PostgreSQL in Kong's tested list. */
const enterpriseLines = [
  ["2.8", "2.8.0.0", "2.8.4.14", "2025-03-26", "12"],
  ["3.0", "3.0.0.0", "3.0.1.0", "2023-09-09", "9.5"],
  ["3.1", "3.1.0.0", "3.1.1.6", "2023-12-06", "9.5"],
  ["3.2", "3.2.1.0", "3.2.2.5", "2024-02-28", "12"],
  ["3.3", "3.3.0.0", "3.3.1.1", "2024-05-19", "12"],
  ["3.4", "3.4.0.0", "3.4.3.29", "2026-08-31", "12"],
  ["3.5", "3.5.0.0", "3.5.0.7", "2024-11-08", "12"],
  ["3.6", "3.6.0.0", "3.6.1.8", "2025-02-12", "12"],
  ["3.7", "3.7.0.0", "3.7.1.5", "2025-05-28", "12"],
  ["3.8", "3.8.0.0", "3.8.1.2", "2025-09-11", "12"],
  ["3.9", "3.9.0.0", "3.9.1.2", "2025-12-12", "13"],
  ["3.10", "3.10.0.0", "3.10.0.17", "2028-03-31", "13"],
  ["3.11", "3.11.0.0", "3.11.0.14", "2026-07-03", "13"],
  ["3.12", "3.12.0.0", "3.12.0.11", "2026-10-01", "13"],
  ["3.13", "3.13.0.0", "3.13.0.10", "2026-12-18", "13"],
  ["3.14", "3.14.0.0", "3.14.0.13", "2029-04-07", "13"],
  ["3.15", "3.15.0.0", "3.15.0.4", "2027-07-02", "13"],
] as const;

const ltsMinors: ReadonlySet<string> = new Set(["2.8", "3.4", "3.10", "3.14"]);

/** Every line this product knows, oldest first within an edition. */
export const releases: readonly Release[] = [
  ...ossLines.map(([minor, first, latest]): Release => ({
    minor,
    edition: "oss",
    first,
    latest,
    isLts: ltsMinors.has(minor),
    endOfSupport: undefined,
    minPostgres: "9.5",
    source: ossSource,
  })),
  ...enterpriseLines.map(([minor, first, latest, endOfSupport, minPostgres]): Release => ({
    minor,
    edition: "enterprise",
    first,
    latest,
    isLts: ltsMinors.has(minor),
    endOfSupport,
    minPostgres,
    source: enterpriseSource,
  })),
];

/** A release that should not be installed, or not without knowing this. */
export interface BadRelease {
  readonly edition: Edition;
  readonly first: string;
  readonly last: string;
  readonly problem: string;
  readonly fixedIn: string;
  readonly source: string;
}

/** Known bad releases by Kong's own changelogs. */
export const badReleases: readonly BadRelease[] = [
  {
    edition: "enterprise",
    first: "3.1.0.0",
    last: "3.1.1.1",
    problem: "talks to data planes by wRPC only, which no other line understands",
    fixedIn: "3.1.1.3",
    source: "Kong developer docs, upgrade reference",
  },
  {
    edition: "enterprise",
    first: "3.6.0.0",
    last: "3.6.0.0",
    problem: "does not start where the limit of open files is 1024 or less",
    fixedIn: "3.6.1.0",
    source: "Kong Gateway changelog 3.6.1.0",
  },
  {
    edition: "enterprise",
    first: "3.8.0.0",
    last: "3.8.1.0",
    problem: "migrations can fail on incomplete Redis configuration",
    fixedIn: "3.8.1.1",
    source: "Kong Gateway changelog 3.8.1.1",
  },
  {
    edition: "enterprise",
    first: "3.10.0.0",
    last: "3.10.0.1",
    problem: "has a regression in upstream connection pooling",
    fixedIn: "3.10.0.2",
    source: "Kong Gateway changelog 3.10.0.2",
  },
  {
    edition: "enterprise",
    first: "3.11.0.0",
    last: "3.11.0.0",
    problem: "migrations fail where AI plugins were in use for more than a week on 3.10",
    fixedIn: "3.11.0.1",
    source: "Kong developer docs, breaking changes 3.11, known issues",
  },
  {
    edition: "enterprise",
    first: "3.14.0.0",
    last: "3.14.0.0",
    problem: "OpenID Connect answers 403 for nested claims",
    fixedIn: "3.14.0.1",
    source: "Kong Gateway changelog 3.14.0.1",
  },
];

/** The edition a version number belongs to: a fourth number is Enterprise's. */
export function editionOf(version: Version): Edition {
  return version.enterprisePatch === undefined ? "oss" : "enterprise";
}

/** The line a version belongs to, when that line ships it as far as this product knows. */
export function findRelease(version: Version): Release | undefined {
  const release = releaseLine(minorOf(version), editionOf(version));
  if (release === undefined) return undefined;
  const first = parseVersion(release.first);
  const latest = parseVersion(release.latest);
  if (first === undefined || latest === undefined) return undefined;
  return compareVersions(version, first) >= 0 && compareVersions(version, latest) <= 0 ? release : undefined;
}

/** The line of a minor such as `3.4` in one edition. */
export function releaseLine(minor: string, edition: Edition): Release | undefined {
  return releases.find((release) => release.minor === minor && release.edition === edition);
}

/** Known problems of exactly this version. */
export function problemsOf(version: Version): readonly BadRelease[] {
  return badReleases.filter((bad) => {
    const first = parseVersion(bad.first);
    const last = parseVersion(bad.last);
    if (first === undefined || last === undefined || bad.edition !== editionOf(version)) return false;
    return compareVersions(version, first) >= 0 && compareVersions(version, last) <= 0;
  });
}
