import { describe, expect, test } from "vitest";
import { checkPath, refuseWanted } from "#src/kong/upgrade-path.ts";
import type { PathQuestion } from "#src/kong/upgrade-path.ts";
import { formatVersion } from "#src/kong/version.ts";

const ask = (from: string, to: string, more: Partial<PathQuestion> = {}) =>
  checkPath({ from, to, edition: to.split(".").length === 4 ? "enterprise" : "oss", ...more });

function warnings(from: string, to: string, more: Partial<PathQuestion> = {}): string {
  const verdict = ask(from, to, more);
  return verdict.kind === "refused" ? verdict.code : verdict.warnings.map((warning) => warning.text).join("\n");
}

describe("a direct path", () => {
  test.each([
    ["2.8.5", "3.4.2"],
    ["2.8.5", "3.0.2"],
    ["2.1.0", "3.0.2"],
    ["2.1.0", "2.8.5"],
    ["2.1.0", "2.4.1"],
    ["1.5.1", "2.8.5"],
    ["1.5.1", "2.1.4"],
    ["2.0.5", "2.1.2"],
    ["3.4.1", "3.4.2"],
    ["3.4.2", "3.5.0"],
    ["3.8.1", "3.9.3"],
    ["2.8.4.14", "3.4.3.29"],
    ["2.8.4.1-enterprise-edition", "3.4.3.29"],
    ["3.4.3.5", "3.10.0.17"],
    ["3.9.1.2", "3.10.0.17"],
    ["3.10.0.17", "3.14.0.13"],
    ["3.14.0.1", "3.15.0.4"],
    ["3.8.0.0", "3.8.1.2"],
    ["2.5.0.1", "3.0.1.0"],
    ["2.5.0.1", "2.8.4.14"],
  ])("leads from %s to %s, with its rule and source", (from, to) => {
    expect(ask(from, to)).toMatchObject({
      kind: "direct",
      rule: expect.stringMatching(/\w/u),
      source: expect.stringContaining("Kong"),
      hops: [{ whyNotSkipped: `${to} is the wanted version` }],
    });
  });
});

describe("a path of several hops", () => {
  test.each([
    ["1.5.1", "3.4.2", ["2.8.5", "3.4.2"]],
    ["2.0.5", "3.0.2", ["2.8.5", "3.0.2"]],
    ["2.8.5", "3.2.2", ["3.0.2", "3.1.1", "3.2.2"]],
    ["2.8.5", "3.6.1", ["3.4.2", "3.5.0", "3.6.1"]],
    ["2.7.2", "3.4.2", ["2.8.5", "3.4.2"]],
    ["2.4.1", "3.1.1", ["3.0.2", "3.1.1"]],
    ["2.8.4.14", "3.14.0.13", ["3.4.3.29", "3.10.0.17", "3.14.0.13"]],
    ["2.8.4.14", "3.11.0.5", ["3.4.3.29", "3.10.0.17", "3.11.0.5"]],
    ["2.5.0.1", "3.4.3.5", ["2.8.4.14", "3.4.3.5"]],
    ["3.5.0.7", "3.7.1.0", ["3.6.1.8", "3.7.1.0"]],
    ["3.2.2.5", "3.10.0.17", ["3.3.1.1", "3.4.3.29", "3.10.0.17"]],
    ["3.8.1.2", "3.15.0.4", ["3.9.1.2", "3.10.0.17", "3.14.0.13", "3.15.0.4"]],
  ])("leads from %s to %s", (from, to, stops) => {
    const verdict = ask(from, to);
    expect(verdict).toMatchObject({ kind: "several_hops", source: expect.stringContaining("Kong") });
    expect(verdict.kind === "refused" ? [] : verdict.hops.map((hop) => formatVersion(hop.to))).toStrictEqual(stops);
  });

  test("of 1.x names the rule about 2.1", () => {
    expect(ask("1.5.1", "3.4.2")).toMatchObject({ rule: expect.stringContaining("must reach 2.1") });
  });

  test("says that one jump would run and is not tested, and which jump Kong's own table once allowed", () => {
    expect(warnings("3.4.2", "3.9.3")).toContain("3.4 → 3.9 in one jump would run");
    expect(warnings("3.0.2", "3.7.1")).toContain("with opentelemetry this one fails");
    expect(warnings("3.0.2", "3.7.1")).toContain("a table that Kong has since removed");
    expect(warnings("3.4.2", "3.7.1")).not.toContain("a table that Kong has since removed");
    expect(warnings("3.4.2", "3.5.0")).not.toContain("in one jump");
  });
});

describe("a path is refused", () => {
  test.each([
    ["3.4.2", "2.8.5", "downgrade", "3.5.0"],
    ["3.4.3.5", "3.4.3.1", "downgrade", "3.4.3.29"],
    ["3.10.0.0", "3.9.1.2", "downgrade", "3.14.0.13"],
    ["2.8.5", "2.8.5", "same_version", "3.4.2"],
    ["2.8.4.1", "2.8.4.1-enterprise-edition", "same_version", "2.8.4.14"],
    ["3.9.3", "3.9.3", "same_version", undefined],
    ["2.8.5", "3.4.7", "unknown_version", "3.4.2"],
    ["2.8.4.14", "3.4.3.30", "unknown_version", "3.4.3.29"],
    ["2.8.4.14", "3.2.0.0", "unknown_version", "3.2.2.5"],
    ["2.8.5", "4.0.0", "oss_ends_at_3_9", "3.9.3"],
    ["3.4.2", "3.10.0", "oss_ends_at_3_9", "3.9.3"],
    ["3.4.2", "3.4.9", "unknown_version", "3.5.0"],
    ["2.8.5", "2.9.0", "unknown_version", "3.4.2"],
    ["2.1.0", "2.9.0", "unknown_version", "2.8.5"],
    ["3.9.3", "3.9.9", "unknown_version", undefined],
    ["3.14.0.13", "4.0.0.0", "unknown_version", "3.15.0.4"],
    ["0.14.1", "3.4.2", "below_1_0", undefined],
    ["2.9.0", "3.4.2", "unknown_running_version", undefined],
    ["2.8.5", "banana", "version_not_understood", "3.4.2"],
    ["banana", "3.4.2", "version_not_understood", undefined],
    ["2.8.5", "3", "incomplete_version", "3.9.3"],
    ["2.8.5", "3.4", "incomplete_version", "3.4.2"],
    ["2.8.5", "3.0.0-rc.1", "not_a_release", "3.0.2"],
    ["3.0.0-rc.1", "3.4.2", "not_a_release", undefined],
  ])("from %s to %s: %s", (...[from, to, code, nearest]) => {
    const isEnterprise = [from, to].some((text) => /^\d+\.\d+\.\d+\.\d+/u.test(text));
    expect(ask(from, to, { edition: isEnterprise ? "enterprise" : "oss" })).toMatchObject({
      kind: "refused",
      code,
      nearest,
      rule: expect.stringMatching(/\w/u),
      source: expect.stringMatching(/Kong/u),
    });
  });

  test("for an Enterprise preview, with the release to take instead", () => {
    expect(ask("2.8.4.14", "3.10.0.0-dev", { edition: "enterprise" })).toMatchObject({
      code: "not_a_release",
      reason: expect.stringContaining("`dev`"),
      nearest: "3.10.0.17",
    });
  });

  test("for a version of the other edition than the environment's", () => {
    expect(ask("3.4.3.5", "3.5.0", { edition: "oss" })).toMatchObject({ code: "edition_mismatch" });
  });

  test("below 1.0 with the way that Kong describes", () => {
    expect(ask("0.13.1", "3.4.2")).toMatchObject({ rule: expect.stringContaining("0.14.1, then") });
  });

  test("as a downgrade without words about migrations where there is no database", () => {
    expect(ask("3.4.2", "2.8.5", { topology: "dbless" })).toMatchObject({
      code: "downgrade",
      rule: expect.not.stringContaining("migrations"),
    });
  });
});

describe("a path warns", () => {
  test("about an older patch", () => {
    expect(warnings("2.8.5", "3.4.0")).toContain("3.4.2 is the latest patch of 3.4");
    expect(warnings("2.8.5", "3.4.2")).not.toContain("is the latest patch");
  });

  test("about support that ended and support that ends within a year", () => {
    const about = (today: string) => warnings("2.8.4.14", "3.4.3.29", { today });
    expect(about("2026-11-21")).toContain("full support of 3.4 ended on 2026-08-31");
    expect(about("2026-08-31")).toContain("full support of 3.4 ends on 2026-08-31");
    expect(about("2025-08-31")).toContain("full support of 3.4 ends on 2026-08-31");
    expect(about("2025-08-30")).toBe("");
  });

  test("about a running line whose sunset is over", () => {
    const about = (today: string) => warnings("2.8.4.14", "3.4.3.29", { today });
    expect(about("2026-03-27")).toContain("the sunset of the running 2.8 ended on 2026-03-26");
    expect(about("2026-03-26")).not.toContain("sunset");
  });

  test("about the long jump of OSS, and an early 2.x before 3.0", () => {
    expect(warnings("2.8.5", "3.4.2")).toContain("written for Enterprise");
    expect(warnings("2.6.0", "3.0.2")).toContain("2.8.1 or later");
    expect(warnings("2.8.5", "3.0.2")).not.toContain("2.8.1 or later");
    expect(warnings("2.8.4.14", "3.4.3.29")).not.toContain("written for Enterprise");
  });

  test("about OSS lines that get no more patches", () => {
    expect(warnings("2.8.5", "3.4.2")).toContain("3.9 is the last line");
    expect(warnings("3.8.1", "3.9.3")).toBe("");
  });

  test("about a running patch that is not known", () => {
    expect(warnings("3.4.3.99", "3.10.0.17")).toContain("3.4.3.99 runs and is no release that this product knows");
    expect(warnings("1.5.1", "2.8.5")).not.toContain("no release");
  });

  test("about migrations of 3.6, but not where there is no database", () => {
    expect(warnings("3.5.0.7", "3.6.1.8")).toContain("Redis settings");
    expect(warnings("3.5.0.7", "3.6.1.8", { topology: "dbless" })).not.toContain("Redis settings");
  });
});

test.each([
  ["2.8.4.3", "3.4.3.29", ["start from the latest patch", "lts_34_compatibility", "list routes"]],
  ["2.8.4.14", "3.4.3.29", ["lts_34_compatibility", "list routes"]],
  ["3.10.0.1", "3.14.0.13", ["lts-314-compatibility"]],
  ["3.4.3.29", "3.10.0.17", []],
  ["2.8.5", "3.4.2", []],
])("%s to %s comes with Kong's advice %j", (from, to, parts) => {
  const verdict = ask(from, to);
  const advice = verdict.kind === "refused" ? [] : verdict.advice.map(({ text }) => text);
  expect(advice).toHaveLength(parts.length);
  for (const [index, part] of parts.entries()) expect(advice[index]).toContain(part);
});

describe("a wanted version alone", () => {
  test.each([
    ["banana", "oss", "version_not_understood", undefined],
    ["3.4", "oss", "incomplete_version", "3.4.2"],
    ["3.4", "enterprise", "incomplete_version", "3.4.3.29"],
    ["3", "enterprise", "incomplete_version", "3.15.0.4"],
    ["3.4.2-rc1", "oss", "not_a_release", "3.4.2"],
    ["3.4.9", "oss", "unknown_version", "3.4.2"],
    ["3.10.0", "oss", "oss_ends_at_3_9", "3.9.3"],
    ["3.4.3.5", "oss", "edition_change", "3.4.2"],
    ["3.4.2", "enterprise", "edition_change", "3.4.3.29"],
    ["1.0.0", "oss", "unknown_version", "2.1.4"],
  ] as const)("%s of %s is refused: %s", (wanted, edition, code, nearest) => {
    expect(refuseWanted(wanted, edition)).toMatchObject({ code, nearest });
  });

  test("is not refused for what only the running version can tell", () => {
    expect(refuseWanted("2.1.0", "oss")).toBeUndefined();
    expect(refuseWanted("3.4.3.5", "enterprise")).toBeUndefined();
  });
});
