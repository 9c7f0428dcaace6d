import { describe, expect, test } from "vitest";
import {
  editionOf,
  findRelease,
  latestGood,
  linesOf,
  problemsOf,
  releaseLine,
  twinsOf,
  versionsOf,
} from "#src/kong/releases.ts";
import { releaseProblems } from "#src/kong/releases/known-problems.ts";
import { compareMinors, compareVersions, formatVersion, isWithin, minorOf, parseVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
}

describe.each(["oss", "enterprise"] as const)("the lines of %s", (edition) => {
  test("are in order, and their releases belong to them, in order", () => {
    const lines = linesOf(edition);
    expect(lines.map(({ minor }) => minor)).toStrictEqual(lines.map(({ minor }) => minor).toSorted(compareMinors));
    for (const line of lines) {
      const releases = versionsOf(line);
      expect(releases).toHaveLength(line.releases.length);
      expect(releases.map((release) => minorOf(release))).toStrictEqual(releases.map(() => line.minor));
      expect(releases.map((release) => editionOf(release))).toStrictEqual(releases.map(() => edition));
      expect(releases.toSorted(compareVersions)).toStrictEqual(releases);
      expect(releases.map((release) => findRelease(release))).toStrictEqual(releases.map(() => line));
    }
  });

  test("name dates in order", () => {
    for (const { releasedOn, endOfSupport, endOfSunset } of linesOf(edition)) {
      const dates = [releasedOn, endOfSupport, endOfSunset].filter((date) => date !== undefined);
      expect(dates.toSorted()).toStrictEqual(dates);
      expect(dates.every((date) => /^\d{4}-\d{2}-\d{2}$/u.test(date))).toBe(true);
    }
  });

  test("have a good release wherever they have releases", () => {
    for (const line of linesOf(edition)) {
      const good = latestGood(line);
      expect({ minor: line.minor, hasGood: good !== undefined }).toStrictEqual({
        minor: line.minor,
        hasGood: line.releases.length > 0,
      });
      expect(good === undefined ? [] : problemsOf(good)).toStrictEqual([]);
    }
  });
});

test.each([
  ["3.4.3.29", "3.4"],
  ["3.1.1.1", "3.1"],
  ["3.9.3", "3.9"],
  ["2.8.5", "2.8"],
])("%s is a release", (text, minor) => {
  expect(findRelease(version(text))?.minor).toBe(minor);
});

test.each(["3.4.3.0", "3.2.0.0", "2.8.3.0", "3.4.3", "3.9.4", "3.10.0", "2.9.0", "1.5.1", "2.5.0.1"])(
  "%s is no release that can be gone to",
  (text) => {
    expect(findRelease(version(text))).toBeUndefined();
  },
);

test.each([
  ["3.4.2", ["3.4.2.0"]],
  ["3.9.1", ["3.9.1.0", "3.9.1.1", "3.9.1.2"]],
  ["3.9.3", []],
  ["2.8.5", []],
  ["3.0.2", []],
])("Enterprise twins of OSS %s are %j", (text, twins) => {
  expect(twinsOf(version(text)).map((twin) => formatVersion(twin))).toStrictEqual(twins);
});

test("every known problem begins at a release, is repaired by a later one, and the repair lies outside of it", () => {
  for (const { first, last, fixedIn } of releaseProblems) {
    const ends = [first, last, fixedIn].map((text) => findRelease(version(text))?.minor);
    expect({ first, last, fixedIn, ends: ends.includes(undefined) }).toMatchObject({ ends: false });
    expect(compareVersions(version(first), version(last))).toBeLessThanOrEqual(0);
    expect(isWithin(version(fixedIn), first, last)).toBe(false);
    expect(compareVersions(version(fixedIn), version(last))).toBeGreaterThan(0);
  }
});

test("a problem is one of its own edition only", () => {
  expect(problemsOf(version("2.1.1"))).toHaveLength(1);
  expect(problemsOf(version("2.1.2"))).toStrictEqual([]);
  expect(problemsOf(version("3.1.1.1"))).toHaveLength(1);
  expect(problemsOf(version("3.1.1"))).toStrictEqual([]);
});

test("Cassandra is supported, deprecated from 2.7 on, and gone from 3.4 on", () => {
  const states = ["2.6", "2.7", "3.3", "3.4", "3.9"].map((minor) => releaseLine(minor, "oss")?.cassandra);
  expect(states).toStrictEqual(["supported", "deprecated", "deprecated", "removed", "removed"]);
});
