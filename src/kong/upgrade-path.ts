import { findStops } from "./required-stops.ts";
import { findRelease, problemsOf, releaseLine, releases } from "./releases.ts";
import type { Edition, Release } from "./releases.ts";
import { compareVersions, formatVersion, isAtLeast, minorOf, parseVersion } from "./version.ts";
import type { Version } from "./version.ts";

export type PathRefusalCode =
  | "version_not_understood"
  | "same_version"
  | "downgrade"
  | "unknown_version"
  | "edition_change"
  | "oss_ends_at_3_9"
  | "one_x_to_three"
  | "required_stops"
  | "postgres_too_old";

/** Why one version cannot follow another here, by which rule of whom, and what is possible instead. */
export interface PathRefusal {
  readonly code: PathRefusalCode;
  readonly reason: string;
  readonly rule: string;
  readonly source: string;
  /** The nearest version that can be asked for instead; undefined where there is none. */
  readonly nearest: string | undefined;
  /** All stops to the wanted version, in order, the wanted one included; empty where no chain is known. */
  readonly stops: readonly string[];
}

interface PathWarning {
  readonly text: string;
  readonly source: string;
}

export type PathVerdict =
  | {
      readonly kind: "direct";
      readonly from: Version;
      readonly to: Version;
      readonly rule: string;
      readonly source: string;
      readonly warnings: readonly PathWarning[];
    }
  | ({ readonly kind: "refused" } & PathRefusal);

export interface PathQuestion {
  readonly from: string;
  readonly to: string;
  readonly edition: Edition;
  /** `show server_version`, e.g. `15.18 (Debian …)`. */
  readonly postgresVersion?: string | undefined;
  /** ISO day; with it, lines whose support ended before are warned about. */
  readonly today?: string | undefined;
}

const supportPolicy = "Kong developer docs, version support policy";
const upgradeReference = "Kong developer docs, upgrade reference, guaranteed upgrade paths";

/** Whether one upgrade can go from one version to another, and if not, why and what can be done instead. */
export function checkPath(question: PathQuestion): PathVerdict {
  const from = parseVersion(question.from);
  const to = parseVersion(question.to);
  if (from === undefined || to === undefined) return notUnderstood(from === undefined ? question.from : question.to);
  return (
    refuseDirection(from, to) ??
    refuseEdition(from, to, question.edition) ??
    refuseUnknown(from, to, question.edition) ??
    refuseStops(from, to, question.edition) ??
    refusePostgres(to, question.postgresVersion) ??
    allow({ from, to, question })
  );
}

function notUnderstood(text: string): PathVerdict {
  return refusal({
    code: "version_not_understood",
    reason: `\`${text}\` is not a Kong version`,
    rule: "a version is three numbers (3.4.2) or, for Kong Enterprise, four (3.4.3.5)",
    source: supportPolicy,
  });
}

function refuseDirection(from: Version, to: Version): PathVerdict | undefined {
  const order = compareVersions(to, from);
  if (order > 0) return undefined;
  if (order === 0) {
    return refusal({
      code: "same_version",
      reason: `${formatVersion(from)} is already running`,
      rule: "there is nothing to upgrade",
      source: supportPolicy,
      nearest: nextTarget(from),
    });
  }
  return refusal({
    code: "downgrade",
    reason: `${formatVersion(to)} is older than the running ${formatVersion(from)}`,
    rule: "migrations cannot be reversed: going back means the old package and the database backup taken before `kong migrations up`",
    source: "Kong developer docs, backup and restore",
    nearest: nextTarget(from),
  });
}

function refuseEdition(from: Version, to: Version, edition: Edition): PathVerdict | undefined {
  if (edition === "oss" && isAtLeast(to, "3.10")) {
    return refusal({
      code: "oss_ends_at_3_9",
      reason: `there is no Kong OSS ${formatVersion(to)}: 3.9 is the last OSS line`,
      rule: "change the edition at the same version first, then upgrade",
      source: "Kong/kong release tags (no 3.10)",
      nearest: compareVersions(from, latestOf("3.9", "oss") ?? from) < 0 ? latestText("3.9", "oss") : undefined,
    });
  }
  const isEnterpriseNumber = to.enterprisePatch !== undefined;
  if (isEnterpriseNumber === (edition === "enterprise")) return undefined;
  return refusal({
    code: "edition_change",
    reason: `${formatVersion(to)} is a Kong ${isEnterpriseNumber ? "Enterprise" : "OSS"} version and this environment runs Kong ${edition === "oss" ? "OSS" : "Enterprise"}`,
    rule: "edition and version are never changed in one upgrade",
    source: "Kong blog, OSS to Enterprise (the change of edition is lateral)",
    nearest: latestText(minorOf(to), edition),
  });
}

function refuseUnknown(from: Version, to: Version, edition: Edition): PathVerdict | undefined {
  if (findRelease(to) !== undefined) return undefined;
  const known = nearestKnown(to, edition);
  const isNewer = known !== undefined && compareVersions(known, from) > 0;
  return refusal({
    code: "unknown_version",
    reason: `no Kong ${edition === "oss" ? "OSS" : "Enterprise"} release ${formatVersion(to)} is known`,
    rule: "only releases whose changes are known can be planned",
    source: releases.find((release) => release.edition === edition)?.source ?? supportPolicy,
    nearest: isNewer ? formatVersion(known) : nextTarget(from),
  });
}

function refuseStops(from: Version, to: Version, edition: Edition): PathVerdict | undefined {
  const stops = findStops(from, to, edition);
  if (stops.length === 1) return undefined;
  const isOneX = !isAtLeast(from, "2.1") && isAtLeast(to, "3.0");
  return refusal({
    code: isOneX ? "one_x_to_three" : "required_stops",
    reason: `Kong supports no direct upgrade from ${formatVersion(from)} to ${formatVersion(to)}`,
    rule: isOneX
      ? "1.x and 2.0 must reach 2.1 or later (best: the latest 2.8) before 3.x"
      : "guaranteed are patches, the next minor, 2.1–2.8 to 3.0, and from one LTS to the next (2.8 → 3.4 → 3.10 → 3.14)",
    source: isOneX ? "Kong 3.0 upgrade guide; Kong developer docs, upgrade reference" : upgradeReference,
    nearest: stops[0],
    stops,
  });
}

function refusePostgres(to: Version, postgresVersion: string | undefined): PathVerdict | undefined {
  const minimum = findRelease(to)?.minPostgres;
  const running = parsePostgres(postgresVersion);
  const wanted = parsePostgres(minimum);
  if (running === undefined || wanted === undefined || comparePairs(running, wanted) >= 0) return undefined;
  return refusal({
    code: "postgres_too_old",
    reason: `PostgreSQL ${running.join(".")} is older than ${minimum ?? ""}, the oldest that Kong ${formatVersion(to)} works with`,
    rule: "upgrade PostgreSQL first, on the running Kong version",
    source: findRelease(to)?.source ?? supportPolicy,
  });
}

interface Allowed {
  readonly from: Version;
  readonly to: Version;
  readonly question: PathQuestion;
}

function allow({ from, to, question }: Allowed): PathVerdict {
  return {
    kind: "direct",
    from,
    to,
    rule: `${minorOf(from)} → ${minorOf(to)} is one of Kong's guaranteed steps`,
    source: upgradeReference,
    warnings: [
      ...problemsOf(to).map((bad) => ({
        text: `Kong ${formatVersion(to)} ${bad.problem}; fixed in ${bad.fixedIn}`,
        source: bad.source,
      })),
      ...warnOlderPatch(to),
      ...warnSupport(to, question.today),
      ...warnOssLongJump(from, to, question.edition),
    ],
  };
}

function warnOlderPatch(to: Version): readonly PathWarning[] {
  const release = findRelease(to);
  const latest = release === undefined ? undefined : parseVersion(release.latest);
  if (release === undefined || latest === undefined || compareVersions(to, latest) === 0) return [];
  return [{ text: `${release.latest} is the latest patch of ${release.minor}`, source: release.source }];
}

function warnSupport(to: Version, today: string | undefined): readonly PathWarning[] {
  const release = findRelease(to);
  if (release?.edition === "oss") {
    return release.minor === "3.9"
      ? []
      : [{ text: `OSS ${release.minor} gets no more patches; 3.9 is the last line`, source: release.source }];
  }
  if (release?.endOfSupport === undefined || today === undefined) return [];
  const yearLater = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
  if (release.endOfSupport >= yearLater) return [];
  const verb = release.endOfSupport < today ? "ended" : "ends";
  return [{ text: `full support of ${release.minor} ${verb} on ${release.endOfSupport}`, source: release.source }];
}

function warnOssLongJump(from: Version, to: Version, edition: Edition): readonly PathWarning[] {
  if (edition !== "oss" || from.major === to.major) return [];
  if (!isAtLeast(from, "2.8") && isAtLeast(from, "2.1")) {
    return [
      { text: "Kong OSS advises 2.8.1 or later as the last stop before 3.0", source: "Kong/kong UPGRADE.md (master)" },
    ];
  }
  if (minorOf(from) !== "2.8" || minorOf(to) !== "3.4") return [];
  return [
    {
      text: "Kong's guide 2.8 → 3.4 is written for Enterprise; OSS runs the same migrations in the same order (recorded: 2.8.5 → 3.4.2)",
      source: "Kong Enterprise LTS 2.8 to 3.4 upgrade guide; own recorded run of OSS 2.8.5 → 3.4.2",
    },
  ];
}

function nextTarget(from: Version): string | undefined {
  const edition: Edition = from.enterprisePatch === undefined ? "oss" : "enterprise";
  const newer = releases.filter((release) => release.edition === edition).flatMap((release) => asVersions(release));
  const reachable = newer.filter((to) => compareVersions(to, from) > 0 && findStops(from, to, edition).length === 1);
  const furthest = reachable.sort(compareVersions).at(-1);
  return furthest === undefined ? undefined : formatVersion(furthest);
}

function asVersions(release: Release): readonly Version[] {
  const latest = parseVersion(release.latest);
  return latest === undefined ? [] : [latest];
}

function nearestKnown(to: Version, edition: Edition): Version | undefined {
  const sameLine = latestOf(minorOf(to), edition);
  if (sameLine !== undefined) return sameLine;
  const known = releases.filter((release) => release.edition === edition).flatMap((release) => asVersions(release));
  const distance = (version: Version): number =>
    Math.abs(version.major - to.major) * 1_000 + Math.abs(version.minor - to.minor);
  return known.toSorted((left, right) => distance(left) - distance(right) || compareVersions(right, left))[0];
}

function latestText(minor: string, edition: Edition): string | undefined {
  return releaseLine(minor, edition)?.latest;
}

function latestOf(minor: string, edition: Edition): Version | undefined {
  const latest = latestText(minor, edition);
  return latest === undefined ? undefined : parseVersion(latest);
}

function parsePostgres(text: string | undefined): readonly [number, number] | undefined {
  const match = /^(\d+)(?:\.(\d+))?/u.exec(text ?? "");
  return match === null ? undefined : [Number(match[1]), Number(match[2] ?? 0)];
}

function comparePairs(left: readonly [number, number], right: readonly [number, number]): number {
  return left[0] - right[0] || left[1] - right[1];
}

type RefusalParts = Pick<PathRefusal, "code" | "reason" | "rule" | "source"> &
  Partial<{ readonly nearest: string | undefined; readonly stops: readonly string[] }>;

function refusal(parts: RefusalParts): PathVerdict {
  return { kind: "refused", nearest: undefined, stops: [], ...parts };
}
