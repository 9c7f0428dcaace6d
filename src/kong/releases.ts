import { enterpriseLines } from "./releases/enterprise-lines.ts";
import { releaseProblems } from "./releases/known-problems.ts";
import type { ReleaseProblem } from "./releases/known-problems.ts";
import { ossLines } from "./releases/oss-lines.ts";
import type { Edition, ReleaseLine } from "./releases/release-line.ts";
import { compareReleases, formatVersion, isWithin, minorOf, parseVersion } from "./version.ts";
import type { Version } from "./version.ts";

export type { Edition, ReleaseLine } from "./releases/release-line.ts";

/** The edition a version number belongs to: a fourth number is Enterprise's. */
export function editionOf(version: Version): Edition {
  return version.enterprisePatch === undefined ? "oss" : "enterprise";
}

/** How an edition is called in a sentence. */
export function nameOfEdition(edition: Edition): string {
  return edition === "oss" ? "OSS" : "Enterprise";
}

/** Every line of an edition that this product knows, oldest first. */
export function linesOf(edition: Edition): readonly ReleaseLine[] {
  return edition === "oss" ? ossLines : enterpriseLines;
}

/** The line of a minor such as `3.4` in one edition. */
export function releaseLine(minor: string, edition: Edition): ReleaseLine | undefined {
  return linesOf(edition).find((line) => line.minor === minor);
}

/** The line of a release; undefined for a number that nobody released as far as this product knows. */
export function findRelease(version: Version): ReleaseLine | undefined {
  const line = releaseLine(minorOf(version), editionOf(version));
  return line?.releases.includes(formatVersion(version)) === true ? line : undefined;
}

/** Known problems of exactly this version, whoever they concern. */
export function problemsOf(version: Version): readonly ReleaseProblem[] {
  return releaseProblems.filter(
    ({ edition, first, last }) => edition === editionOf(version) && isWithin(version, first, last),
  );
}

/** The newest release of a line without a known problem; undefined for a line that is only a place to come from. */
export function latestGood(line: ReleaseLine): Version | undefined {
  return goodReleases.get(line);
}

/** All known releases of a line, oldest first. */
export function versionsOf(line: ReleaseLine): readonly Version[] {
  return line.releases.map((text) => parseVersion(text)).filter((version) => version !== undefined);
}

/** The Enterprise releases that are built from the same release as this OSS one, oldest first. */
export function twinsOf(version: Version): readonly Version[] {
  const line = releaseLine(minorOf(version), "enterprise");
  return line === undefined ? [] : versionsOf(line).filter((twin) => compareReleases(twin, version) === 0);
}

/** Worked out once: every search for a path asks for all of them. */
const goodReleases: ReadonlyMap<ReleaseLine, Version | undefined> = new Map(
  [...ossLines, ...enterpriseLines].map((line) => [
    line,
    versionsOf(line).findLast((version) => problemsOf(version).length === 0),
  ]),
);
