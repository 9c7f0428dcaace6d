import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareMinors,
  compareReleases,
  compareVersions,
  formatVersion,
  isAtLeast,
  isWithin,
  minorOf,
  parseVersion,
  readVersion,
} from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
}

test.each([
  ["3.4.2", "3.4.2"],
  ["3.4.3.5", "3.4.3.5"],
  ["2.8.4.1-enterprise-edition", "2.8.4.1"],
  ["v3.10.0.17", "3.10.0.17"],
  [" 2.8.5\n", "2.8.5"],
])("%s is read as %s", (text, formatted) => {
  expect(formatVersion(version(text))).toBe(formatted);
});

test.each(["", "3", "3.4", "3.x", "3.4.2-rc1", "3.4.2.1.1", "latest", "3.4.99999", "-1.0.0"])(
  "%j is no version",
  (text) => {
    expect(parseVersion(text)).toBeUndefined();
  },
);

test.each([
  ["3.10.0.0", "3.9.3"],
  ["3.4.3.29", "3.4.3.5"],
  ["3.4.2", "2.8.5"],
  ["3.4.10", "3.4.9"],
])("%s is newer than %s", (newer, older) => {
  expect(compareVersions(version(newer), version(older))).toBeGreaterThan(0);
  expect(compareVersions(version(older), version(newer))).toBeLessThan(0);
});

test("comparing is a total order that agrees with the numbers", () => {
  const parts = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30), fc.nat(30));
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      const order = compareVersions(version(left.join(".")), version(right.join(".")));
      const first = left.findIndex((part, index) => part !== right[index]);
      expect(Math.sign(order)).toBe(first === -1 ? 0 : Math.sign((left[first] ?? 0) - (right[first] ?? 0)));
    }),
  );
});

test.each([
  ["3.7.0", "3.7", true],
  ["3.6.9", "3.7", false],
  ["2.8.1", "2.8.2", false],
  ["2.8.4.14", "2.8.2", true],
])("%s is at least %s: %s", (text, bound, answer) => {
  expect(isAtLeast(version(text), bound)).toBe(answer);
});

test("the minor of a version is its line", () => {
  expect(minorOf(version("3.10.0.2"))).toBe("3.10");
});

test.each([
  ["3.4.2", { kind: "release" }],
  ["2.8.4.1-enterprise-edition", { kind: "release" }],
  ["3.4", { kind: "incomplete", line: "3.4" }],
  ["3.10.x", { kind: "incomplete", line: "3.10" }],
  ["v3", { kind: "incomplete", line: "3" }],
  ["3.4.x.x", { kind: "incomplete", line: "3.4" }],
  ["3.0.0-rc.1", { kind: "not_a_release", suffix: "rc.1" }],
  ["1.0.0rc1", { kind: "not_a_release", suffix: "rc1" }],
  ["3.10.0.0-dev", { kind: "not_a_release", suffix: "dev" }],
  ["3.4.2-ubuntu", { kind: "not_a_release", suffix: "ubuntu" }],
  ["", { kind: "not_understood" }],
  ["latest", { kind: "not_understood" }],
  ["3.4.2.1.1", { kind: "not_understood" }],
  ["3.4.2;rm", { kind: "not_understood" }],
  ["3.4.99999", { kind: "not_understood" }],
])("%j is understood as %o", (text, expected) => {
  expect(readVersion(text)).toMatchObject(expected);
});

test("what comes before a suffix is read as a version", () => {
  expect(readVersion("3.10.0.0-dev")).toMatchObject({ version: version("3.10.0.0") });
});

test("any text is read without an exception, and what is read as a release is printed so that it is read again", () => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^[v0-9.x-]{0,14}$/u));
  fc.assert(
    fc.property(texts, (text) => {
      const read = readVersion(text);
      const again = read.kind === "release" ? parseVersion(formatVersion(read.version)) : undefined;
      expect(again).toStrictEqual(read.kind === "release" ? read.version : undefined);
    }),
  );
});

test("OSS and Enterprise of the same three numbers are one release", () => {
  expect(compareReleases(version("3.4.2"), version("3.4.2.7"))).toBe(0);
  expect(compareReleases(version("3.4.3.0"), version("3.4.2.7"))).toBeGreaterThan(0);
});

test("lines are compared as numbers", () => {
  expect(["3.9", "3.10", "2.8", "3.0"].toSorted(compareMinors)).toStrictEqual(["2.8", "3.0", "3.9", "3.10"]);
});

test.each([
  ["3.8.0.0", true],
  ["3.8.1.0", true],
  ["3.8.1.1", false],
  ["3.7.1.5", false],
])("%s lies within 3.8.0.0 and 3.8.1.0: %s", (text, answer) => {
  expect(isWithin(version(text), "3.8.0.0", "3.8.1.0")).toBe(answer);
});
