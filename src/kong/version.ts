/**
 * A Kong Gateway version. Three numbers are an OSS release, a fourth is the Enterprise patch
 * (Kong docs, version support policy: MAJOR.MINOR.PATCH.ENTERPRISE_PATCH).
 */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly enterprisePatch: number | undefined;
}

/** What a text that should be a version turned out to be. */
export type VersionText =
  | { readonly kind: "release"; readonly version: Version }
  /** A number with something behind it: `3.0.0-rc.1`, `3.10.0.0-dev`, `3.4.2-ubuntu`. */
  | { readonly kind: "not_a_release"; readonly version: Version; readonly suffix: string }
  /** A line or a major without its patch: `3.4`, `3.4.x`, `3`. */
  | { readonly kind: "incomplete"; readonly line: string }
  | { readonly kind: "not_understood" };

const numbers = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:-enterprise-edition)?$/u;
const numbersAndMore = /^(v?\d{1,4}(?:\.\d{1,4}){2,3})[-+_]?([a-z][\w.+-]{0,40})$/iu;
const line = /^v?(\d{1,4}(?:\.\d{1,4})?)(?:\.x){0,3}$/iu;

/** Reads what people and programs write for a version; the suffix `-enterprise-edition` of 2.x and older belongs to it. */
export function readVersion(text: string): VersionText {
  const trimmed = text.trim();
  const version = readNumbers(trimmed);
  if (version !== undefined) return { kind: "release", version };
  const [, found] = line.exec(trimmed) ?? [];
  if (found !== undefined) return { kind: "incomplete", line: found };
  const [, start = "", suffix = ""] = numbersAndMore.exec(trimmed) ?? [];
  const before = readNumbers(start);
  return before === undefined ? { kind: "not_understood" } : { kind: "not_a_release", version: before, suffix };
}

/** Reads `3.4.2`, `3.4.3.5` or the older `2.8.4.1-enterprise-edition`; undefined for anything else. */
export function parseVersion(text: string): Version | undefined {
  return readNumbers(text.trim());
}

function readNumbers(text: string): Version | undefined {
  const match = numbers.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch, enterprisePatch] = match;
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    enterprisePatch: enterprisePatch === undefined ? undefined : Number(enterprisePatch),
  };
}

/** Negative, zero or positive like a sort callback; numeric per part (3.10 > 3.9), missing parts count as 0. */
export function compareVersions(left: Version, right: Version): number {
  return compareReleases(left, right) || (left.enterprisePatch ?? 0) - (right.enterprisePatch ?? 0);
}

/** The same without the Enterprise patch: 0 for OSS 3.4.2 and Enterprise 3.4.2.0, which are built from one release. */
export function compareReleases(left: Version, right: Version): number {
  return left.major - right.major || left.minor - right.minor || left.patch - right.patch;
}

/** The text Kong itself prints, without suffixes. */
export function formatVersion(version: Version): string {
  const { major, minor, patch, enterprisePatch } = version;
  return [major, minor, patch, ...(enterprisePatch === undefined ? [] : [enterprisePatch])].join(".");
}

/** `3.4` of 3.4.2. */
export function minorOf(version: Version): string {
  return `${version.major}.${version.minor}`;
}

/** Whether the version is at or past a bound of one to four numbers such as `3.7` or `2.8.2`. */
export function isAtLeast(version: Version, bound: string): boolean {
  const [major = 0, minor = 0, patch = 0, enterprisePatch = 0] = bound.split(".").map(Number);
  return compareVersions(version, { major, minor, patch, enterprisePatch }) >= 0;
}

/** Whether the version lies between two versions, both included. */
export function isWithin(version: Version, first: string, last: string): boolean {
  const end = parseVersion(last);
  return isAtLeast(version, first) && end !== undefined && compareVersions(version, end) <= 0;
}

/** Compares lines such as `3.9` and `3.10` like a sort callback. */
export function compareMinors(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split(".").map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split(".").map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}
