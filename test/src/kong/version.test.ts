import fc from "fast-check";
import { expect, test } from "vitest";
import { compareVersions, formatVersion, isAtLeast, minorOf, parseVersion } from "#src/kong/version.ts";
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
