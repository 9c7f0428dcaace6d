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

const pattern = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:-enterprise-edition)?$/u;

/** Reads `3.4.2`, `3.4.3.5` or the older `2.8.4.1-enterprise-edition`; undefined for anything else. */
export function parseVersion(text: string): Version | undefined {
  const match = pattern.exec(text.trim());
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
  return (
    left.major - right.major ||
    left.minor - right.minor ||
    left.patch - right.patch ||
    (left.enterprisePatch ?? 0) - (right.enterprisePatch ?? 0)
  );
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

/** Whether the version is at or past a bound of two to four numbers such as `3.7` or `2.8.2`. */
export function isAtLeast(version: Version, bound: string): boolean {
  const [major = 0, minor = 0, patch = 0, enterprisePatch = 0] = bound.split(".").map(Number);
  return compareVersions(version, { major, minor, patch, enterprisePatch }) >= 0;
}
