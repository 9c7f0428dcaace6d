import { describe, expect, test } from "vitest";
import { badReleases, findRelease, releases } from "#src/kong/releases.ts";
import { checkPath } from "#src/kong/upgrade-path.ts";
import type { PathQuestion } from "#src/kong/upgrade-path.ts";
import { compareVersions, minorOf, parseVersion } from "#src/kong/version.ts";

const ask = (from: string, to: string, more: Partial<PathQuestion> = {}) =>
  checkPath({ from, to, edition: to.split(".").length === 4 ? "enterprise" : "oss", ...more });

describe("a direct path", () => {
  test.each([
    ["2.8.5", "3.4.2"],
    ["2.8.5", "3.0.2"],
    ["2.1.0", "3.0.2"],
    ["2.1.0", "2.8.5"],
    ["1.5.1", "2.8.5"],
    ["3.4.1", "3.4.2"],
    ["3.4.2", "3.5.0"],
    ["3.8.1", "3.9.3"],
    ["2.8.4.14", "3.4.3.29"],
    ["3.4.3.5", "3.10.0.17"],
    ["3.10.0.17", "3.14.0.13"],
    ["3.14.0.1", "3.15.0.4"],
  ])("leads from %s to %s", (from, to) => {
    expect(ask(from, to)).toMatchObject({ kind: "direct", source: expect.stringContaining("Kong") });
  });
});

function warnings(from: string, to: string, today?: string): string {
  const verdict = ask(from, to, { today });
  return verdict.kind === "direct" ? verdict.warnings.map((warning) => warning.text).join("\n") : "";
}

describe("a path is refused", () => {
  test.each([
    ["3.4.2", "2.8.5", "downgrade", "3.5.0", []],
    ["2.8.5", "2.8.5", "same_version", "3.4.2", []],
    ["2.8.5", "3.4.7", "unknown_version", "3.4.2", []],
    ["2.8.5", "4.0.0", "oss_ends_at_3_9", "3.9.3", []],
    ["3.4.2", "3.4.9", "unknown_version", "3.5.0", []],
    ["2.8.5", "2.9.0", "unknown_version", "3.4.2", []],
    ["2.1.0", "2.9.0", "unknown_version", "2.8.5", []],
    ["3.9.3", "3.9.9", "unknown_version", undefined, []],
    ["0.14.1", "3.4.2", "one_x_to_three", undefined, []],
    ["2.8.5", "3", "version_not_understood", undefined, []],
    ["1.5.1", "3.4.2", "one_x_to_three", "2.8.5", ["2.8.5", "3.4.2"]],
    ["2.0.5", "3.0.2", "one_x_to_three", "2.8.5", ["2.8.5", "3.0.2"]],
    ["2.8.5", "3.2.2", "required_stops", "3.0.2", ["3.0.2", "3.1.1", "3.2.2"]],
    ["2.8.5", "3.6.1", "required_stops", "3.4.2", ["3.4.2", "3.5.0", "3.6.1"]],
    ["2.7.2", "3.4.2", "required_stops", "2.8.5", ["2.8.5", "3.4.2"]],
    ["2.8.4.14", "3.14.0.13", "required_stops", "3.4.3.29", ["3.4.3.29", "3.10.0.17", "3.14.0.13"]],
  ])("from %s to %s: %s", (...[from, to, code, nearest, stops]) => {
    expect(ask(from, to)).toMatchObject({ kind: "refused", code, nearest, stops });
  });

  test("to another edition", () => {
    expect(checkPath({ from: "2.8.5", to: "3.4.3.5", edition: "oss" })).toMatchObject({
      code: "edition_change",
      nearest: "3.4.2",
    });
  });

  test("for OSS past 3.9", () => {
    expect(checkPath({ from: "3.4.2", to: "3.10.0", edition: "oss" })).toMatchObject({
      code: "oss_ends_at_3_9",
      nearest: "3.9.3",
    });
  });

  test.each([
    ["9.4.26", "3.4.2", "refused"],
    ["9.5", "3.4.2", "direct"],
    ["15.18 (Debian 15.18-0+deb12u1)", "3.4.2", "direct"],
    ["11.9", "3.4.3.5", "refused"],
    ["12.1", "3.4.3.5", "direct"],
  ])("on PostgreSQL %s to %s: %s", (postgresVersion, to, kind) => {
    const from = to === "3.4.2" ? "2.8.5" : "2.8.4.14";
    expect(ask(from, to, { postgresVersion })).toMatchObject({ kind });
  });
});

describe("a direct path warns", () => {
  test("about a bad release", () => {
    expect(warnings("3.5.0.7", "3.6.0.0")).toContain("fixed in 3.6.1.0");
  });

  test("about an older patch", () => {
    expect(warnings("2.8.5", "3.4.0")).toContain("3.4.2 is the latest patch of 3.4");
  });

  test("about support that ended and support that ends within a year", () => {
    expect(warnings("2.8.4.14", "3.4.3.29", "2026-11-21")).toContain("full support of 3.4 ended on 2026-08-31");
    expect(warnings("2.8.4.14", "3.4.3.29", "2026-03-01")).toContain("full support of 3.4 ends on 2026-08-31");
    expect(warnings("2.8.4.14", "3.4.3.29", "2025-01-01")).toBe("");
  });

  test("about the long jump of OSS, and an early 2.x before 3.0", () => {
    expect(warnings("2.8.5", "3.4.2")).toContain("written for Enterprise");
    expect(warnings("2.6.0", "3.0.2")).toContain("2.8.1 or later");
  });
});

test("the data of releases is consistent: first and latest belong to their line and are in order", () => {
  for (const release of releases) {
    const first = parseVersion(release.first);
    const latest = parseVersion(release.latest);
    if (first === undefined || latest === undefined) throw new Error(`${release.minor} names no version`);
    expect([minorOf(first), minorOf(latest)]).toStrictEqual([release.minor, release.minor]);
    expect(compareVersions(first, latest)).toBeLessThanOrEqual(0);
    expect(findRelease(latest)).toBe(release);
  }
});

test("every bad release is one that can be asked for, and so is its repair", () => {
  for (const bad of badReleases) {
    for (const text of [bad.first, bad.fixedIn]) {
      const version = parseVersion(text);
      expect({ text, isKnown: version !== undefined && findRelease(version) !== undefined }).toStrictEqual({
        text,
        isKnown: true,
      });
    }
  }
});
