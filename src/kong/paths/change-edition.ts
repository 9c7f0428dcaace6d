import { editionOf, linesOf, problemsOf, twinsOf, versionsOf } from "#src/kong/releases.ts";
import { compareReleases, compareVersions, formatVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";
import { refuseCircumstances, refuseHops } from "./circumstances.ts";
import { findChain } from "./find-chain.ts";
import { sources } from "./question.ts";
import type { Hop, PathQuestion, ReadQuestion, RefusalReason } from "./question.ts";
import { refuseTarget } from "./refuse-versions.ts";

export type EditionJudgement =
  | { readonly kind: "refused"; readonly refusal: RefusalReason }
  | { readonly kind: "allowed"; readonly hops: readonly Hop[] };

/**
 * Judges a change of edition: from OSS to the Enterprise release that is built from the same one, and nothing else. Where the
 * version is to change as well, the way is given as separate upgrades.
 */
export function judgeEditionChange(question: ReadQuestion): EditionJudgement {
  const { from, to, asked } = question;
  if (asked.edition === "enterprise") return { kind: "refused", refusal: toOss };
  const unknown = refuseTarget(to, "enterprise");
  if (unknown !== undefined) return { kind: "refused", refusal: unknown };
  if (compareReleases(from, to) === 0) return { kind: "allowed", hops: [lateral(from, to)] };
  if (compareReleases(from, to) > 0) {
    return { kind: "refused", refusal: older(from, to) };
  }
  const stops = shortestWay(question);
  return { kind: "refused", refusal: stops.length === 0 ? noTwin(from) : bothAtOnce(from, to, stops) };
}

const toOss: RefusalReason = {
  code: "enterprise_to_oss",
  reason: "an Enterprise installation cannot become an OSS one",
  rule: "Enterprise migrations leave tables and columns that OSS does not know: build OSS anew on an empty database and fill it by decK",
  source: "own conclusion, no document describes this direction",
};

function lateral(from: Version, to: Version): Hop {
  return {
    from,
    to,
    rule: "the change of edition is lateral: OSS and Enterprise of the same three numbers, the version stays",
    source: sources.lateral,
    whyNotSkipped: `${formatVersion(to)} is the wanted version`,
  };
}

function older(from: Version, to: Version): RefusalReason {
  return {
    code: "downgrade",
    reason: `Enterprise ${formatVersion(to)} is older than the running OSS ${formatVersion(from)}`,
    rule: "a change of edition keeps the version, and migrations cannot be reversed",
    source: sources.lateral,
  };
}

function noTwin(from: Version): RefusalReason {
  return {
    code: "no_enterprise_twin",
    reason: `no Enterprise release is built from OSS ${formatVersion(from)} or from a later OSS release that it can reach`,
    rule: "the change of edition is lateral, between releases of the same three numbers: build Enterprise on an empty database and fill it by decK",
    source: `${sources.lateral}; Kong Gateway changelog`,
  };
}

function bothAtOnce(from: Version, to: Version, stops: readonly Version[]): RefusalReason {
  return {
    code: "edition_and_version",
    reason: `from OSS ${formatVersion(from)} to Enterprise ${formatVersion(to)} both edition and version would change`,
    rule: "edition and version are changed in separate upgrades, never both in one",
    source: sources.lateral,
    stops: stops.map((stop) => formatVersion(stop)),
  };
}

/** The fewest upgrades over the newest release with an Enterprise twin of any OSS line; early changes of edition first. */
function shortestWay({ from, to, asked }: ReadQuestion): readonly Version[] {
  const later = linesOf("oss").flatMap((line) => {
    const changeable = versionsOf(line).findLast((version) => isGood(version) && goodTwin(version) !== undefined);
    return changeable !== undefined && compareVersions(changeable, from) > 0 ? [changeable] : [];
  });
  const ways = [from, ...later]
    .filter((version) => compareReleases(version, to) <= 0)
    .map((version) => wayOver(version, { from, to, asked }))
    .filter((way) => way.length > 0 && isPossible(way, from, asked));
  return ways.toSorted((left, right) => left.length - right.length)[0] ?? [];
}

interface Wanted {
  readonly from: Version;
  readonly to: Version;
  readonly asked: PathQuestion;
}

function wayOver(version: Version, { from, to, asked }: Wanted): readonly Version[] {
  const isThere = compareVersions(version, from) === 0;
  const twin = compareReleases(version, to) === 0 ? to : goodTwin(version);
  if (twin === undefined) return [];
  const before = isThere ? [] : findChain({ from, to: version, edition: "oss", asked });
  const after = compareVersions(twin, to) === 0 ? [] : findChain({ from: twin, to, edition: "enterprise", asked });
  const isBefore = isThere || before.length > 0;
  const isAfter = compareVersions(twin, to) === 0 || after.length > 0;
  return isBefore && isAfter ? [...before.map((hop) => hop.to), twin, ...after.map((hop) => hop.to)] : [];
}

function goodTwin(version: Version): Version | undefined {
  return twinsOf(version).findLast((twin) => isGood(twin));
}

function isGood(version: Version): boolean {
  return problemsOf(version).length === 0;
}

/** Whether each upgrade of a way can be done; data planes follow after the first. */
function isPossible(way: readonly Version[], from: Version, asked: PathQuestion): boolean {
  const hops = way.map((to, index) => ({ from: way[index - 1] ?? from, to }));
  const isRefused = hops.some((hop, index) => {
    const known = index === 0 ? asked : { ...asked, dataPlaneVersions: undefined };
    return refuseCircumstances({ ...hop, edition: editionOf(hop.to), asked: known }) !== undefined;
  });
  return !isRefused && refuseHops(hops, asked) === undefined;
}
