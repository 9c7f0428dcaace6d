import { describe, expect, test } from "vitest";
import { checkPath } from "#src/kong/upgrade-path.ts";
import type { PathQuestion, PathVerdict } from "#src/kong/upgrade-path.ts";
import { formatVersion } from "#src/kong/version.ts";

const oss = (from: string, to: string, more: Partial<PathQuestion> = {}) =>
  checkPath({ from, to, edition: "oss", ...more });
const enterprise = (from: string, to: string, more: Partial<PathQuestion> = {}) =>
  checkPath({ from, to, edition: "enterprise", ...more });
const texts = (verdict: PathVerdict): string =>
  verdict.kind === "refused" ? verdict.code : verdict.warnings.map(({ text }) => text).join("\n");
const stopsOf = (verdict: PathVerdict): readonly string[] =>
  verdict.kind === "refused" ? verdict.stops : verdict.hops.map(({ to }) => formatVersion(to));

describe("PostgreSQL", () => {
  test.each([
    ["9.4.26", "2.8.5", "3.4.2", "refused"],
    ["9.5", "2.8.5", "3.4.2", "direct"],
    ["15.18 (Debian 15.18-0+deb12u1)", "2.8.5", "3.4.2", "direct"],
    ["PostgreSQL 9.4.1 on x86_64", "2.8.5", "3.4.2", "refused"],
    ["unreadable", "2.8.5", "3.4.2", "direct"],
    ["11.9", "2.8.4.14", "3.4.3.5", "refused"],
    ["12.1", "2.8.4.14", "3.4.3.5", "direct"],
    ["12.22", "3.4.3.5", "3.10.0.17", "refused"],
    ["13.0", "3.4.3.5", "3.10.0.17", "direct"],
  ])("%s from %s to %s: %s", (postgresVersion, from, to, kind) => {
    const ask = to.split(".").length === 4 ? enterprise : oss;
    expect(ask(from, to, { postgresVersion })).toMatchObject({ kind });
  });

  test("that is too old is refused with the newest version it serves", () => {
    expect(enterprise("3.4.3.5", "3.10.0.17", { postgresVersion: "12.1" })).toMatchObject({
      code: "postgres_too_old",
      nearest: "3.8.1.2",
    });
  });

  test("outside the tested list is warned about, on the wanted line only", () => {
    const ask = (to: string, postgresVersion: string) => texts(enterprise("2.8.4.14", to, { postgresVersion }));
    expect(ask("3.4.3.29", "17.1")).toContain("Kong tests 3.4 with PostgreSQL 12 to 16, and the server is 17");
    expect(ask("3.4.3.29", "16.1")).not.toContain("tests 3.4");
    expect(ask("3.10.0.17", "17.1")).not.toContain("tests 3.10");
    expect(ask("3.0.1.0", "16.1")).not.toContain("tests 3.0");
  });

  test("does not matter to nodes without it", () => {
    expect(oss("2.8.5", "3.4.2", { postgresVersion: "9.0", topology: "dbless" })).toMatchObject({ kind: "direct" });
    expect(oss("2.8.5", "3.4.2", { postgresVersion: "9.0", database: "off" })).toMatchObject({ kind: "direct" });
  });

  test("that serves no stop leaves no path", () => {
    expect(enterprise("1.5.0.4", "3.0.1.0", { postgresVersion: "11.2" })).toMatchObject({ code: "no_known_path" });
  });
});

describe("Cassandra", () => {
  test("has to be left before 3.4: refused with the nearest version and the way", () => {
    expect(oss("2.8.5", "3.4.2", { database: "cassandra" })).toMatchObject({
      code: "cassandra_removed",
      nearest: "3.3.1",
      rule: expect.stringContaining("move to PostgreSQL on 2.8.5 first"),
    });
    expect(enterprise("3.3.1.1", "3.4.3.29", { database: "cassandra" })).toMatchObject({ code: "cassandra_removed" });
  });

  test("still reaches 3.3, over lines that have it, with a warning", () => {
    const verdict = oss("2.8.5", "3.3.1", { database: "cassandra" });
    expect(stopsOf(verdict)).toStrictEqual(["3.0.2", "3.1.1", "3.2.2", "3.3.1"]);
    expect(texts(verdict)).toContain("Cassandra is deprecated");
    expect(texts(oss("2.2.0", "2.6.0", { database: "cassandra" }))).not.toContain("Cassandra is deprecated");
  });

  test("does not matter to DB-less nodes", () => {
    expect(oss("2.8.5", "3.4.2", { database: "cassandra", topology: "dbless" })).toMatchObject({ kind: "direct" });
  });
});

describe("a release with a known problem", () => {
  test.each([
    ["2.0.5", "2.1.1", {}, "2.1.4"],
    ["3.0.1.0", "3.1.1.1", { topology: "hybrid" }, "3.1.1.6"],
    ["3.7.1.5", "3.8.1.0", { plugins: ["rate-limiting-advanced"] }, "3.8.1.2"],
    ["3.10.0.17", "3.11.0.0", { plugins: ["cors", "ai-proxy"] }, "3.11.0.14"],
    ["2.8.4.0", "2.8.4.3", { plugins: ["collector"] }, "2.8.4.14"],
  ] as const)("from %s to %s with %j is refused for %s", (from, to, more, nearest) => {
    const ask = to.split(".").length === 4 ? enterprise : oss;
    expect(ask(from, to, more)).toMatchObject({ kind: "refused", code: "known_bad_release", nearest });
  });

  test("is warned about where it is not known whom it hits, and allowed where it hits nobody", () => {
    expect(texts(enterprise("3.7.1.5", "3.8.1.0"))).toContain("fixed in 3.8.1.1");
    for (const verdict of [
      enterprise("3.7.1.5", "3.8.1.0", { plugins: ["cors"] }),
      enterprise("3.0.1.0", "3.1.1.1", { topology: "traditional" }),
    ]) {
      expect(verdict).toMatchObject({ kind: "direct" });
      expect(texts(verdict)).not.toContain("fixed in");
    }
  });

  test("that people may live with is warned about", () => {
    expect(texts(enterprise("3.5.0.7", "3.6.0.0"))).toContain("fixed in 3.6.1.0");
    expect(texts(enterprise("3.13.0.3", "3.14.0.0"))).toContain("fixed in 3.14.0.1");
  });
});

describe("hybrid installations", () => {
  test("on 3.1.0.0 or 3.1.1.1 first go to the end of 3.1, and say why", () => {
    const verdict = enterprise("3.1.1.1", "3.2.2.5", { topology: "hybrid" });
    expect(stopsOf(verdict)).toStrictEqual(["3.1.1.6", "3.2.2.5"]);
    expect(verdict).toMatchObject({ hops: [{ whyNotSkipped: expect.stringContaining("wRPC only") }, {}] });
    expect(enterprise("3.1.1.1", "3.1.1.4", { topology: "hybrid" })).toMatchObject({ kind: "direct" });
    expect(enterprise("3.1.1.2", "3.2.2.5", { topology: "hybrid" })).toMatchObject({ kind: "direct" });
    expect(enterprise("3.1.1.1", "3.2.2.5", { topology: "traditional" })).toMatchObject({ kind: "direct" });
  });

  test("never get control planes older than their data planes", () => {
    expect(oss("3.4.2", "3.5.0", { dataPlaneVersions: ["3.4.2", "3.6.1"] })).toMatchObject({
      code: "data_planes_newer",
      nearest: "3.6.1",
    });
    expect(oss("3.4.2", "3.5.0", { dataPlaneVersions: ["3.5.0"] })).toMatchObject({
      kind: "direct",
      warnings: expect.arrayContaining([
        expect.objectContaining({ text: expect.stringContaining("get no configuration now") }),
      ]),
    });
  });

  test("are told which data planes freeze until they are upgraded, hop by hop", () => {
    const verdict = oss("2.8.5", "3.4.2", { topology: "hybrid", dataPlaneVersions: ["2.8.5", "2.8.5", "2.8.4"] });
    expect(texts(verdict)).toContain("once the control planes run 3.4.2, data planes 2.8.5 (2) keep serving");
    const later = texts(oss("3.0.2", "3.2.2", { topology: "hybrid" }));
    expect(later).not.toContain("once the control planes run 3.1.1");
    expect(later).toContain("once the control planes run 3.2.2, data planes 3.1.1 keep serving");
    expect(texts(oss("3.4.2", "3.5.0", { topology: "hybrid" }))).not.toContain("keep serving");
  });

  test("are told which data planes cannot be compared", () => {
    expect(texts(oss("3.4.2", "3.5.0", { dataPlaneVersions: ["unknown"] }))).toContain("cannot be compared");
  });

  test("of OSS go to 2.8 on both sides before 3.x", () => {
    expect(texts(oss("2.6.0", "3.0.2", { topology: "hybrid" }))).toContain("control planes and data planes on 2.8");
    expect(texts(oss("2.8.5", "3.0.2", { topology: "hybrid" }))).not.toContain("data planes on 2.8");
  });
});

test("blue-green from an early 2.x goes over 2.8", () => {
  expect(stopsOf(enterprise("2.5.0.1", "3.4.3.29", { strategy: "blue-green" }))).toStrictEqual([
    "2.8.4.14",
    "3.4.3.29",
  ]);
  expect(enterprise("2.5.0.1", "3.0.1.0", { strategy: "blue-green" })).toMatchObject({
    code: "blue_green_too_old",
    nearest: "2.8.4.14",
  });
});

describe("blue-green", () => {
  test.each([
    ["2.8.4.14", "3.4.3.29", "direct"],
    ["2.8.1.4", "3.4.3.29", "refused"],
    ["2.8.2.0", "3.4.3.29", "direct"],
    ["2.5.0.1", "2.8.4.14", "direct"],
  ])("from %s to %s: %s", (from, to, kind) => {
    expect(enterprise(from, to, { strategy: "blue-green" })).toMatchObject({ kind });
    expect(enterprise(from, to, { strategy: "in-place" })).toMatchObject({ kind: "direct" });
  });
});

describe("a change of edition", () => {
  const toEnterprise = (from: string, to: string, more: Partial<PathQuestion> = {}) =>
    oss(from, to, { editionTo: "enterprise", ...more });

  test.each([
    ["3.4.2", "3.4.2.0"],
    ["3.9.1", "3.9.1.2"],
    ["2.8.4", "2.8.4.14"],
  ])("from OSS %s to Enterprise %s is lateral", (from, to) => {
    expect(toEnterprise(from, to)).toMatchObject({
      kind: "direct",
      rule: expect.stringContaining("lateral"),
      source: expect.stringContaining("Kong blog"),
      advice: [{ text: expect.stringContaining("licence") }],
    });
  });

  test.each([
    ["3.4.2", "3.10.0.17", ["3.4.2.0", "3.10.0.17"]],
    ["2.8.5", "3.10.0.17", ["3.4.2", "3.4.2.0", "3.10.0.17"]],
    ["2.8.4", "3.4.3.29", ["2.8.4.14", "3.4.3.29"]],
    ["3.9.0", "3.9.1.0", ["3.9.0.1", "3.9.1.0"]],
    ["3.6.0", "3.7.1.5", ["3.7.1", "3.7.1.5"]],
  ])("from OSS %s to Enterprise %s is two things: refused with the way", (from, to, stops) => {
    expect(toEnterprise(from, to)).toMatchObject({ code: "edition_and_version", stops, nearest: stops[0] });
  });

  test("needs an Enterprise release of the same three numbers", () => {
    expect(toEnterprise("3.9.3", "3.10.0.17")).toMatchObject({ code: "no_enterprise_twin", nearest: undefined });
    expect(toEnterprise("2.8.5", "2.8.4.14")).toMatchObject({ code: "downgrade", nearest: "3.4.2" });
    expect(toEnterprise("3.4.2", "3.4.9.9")).toMatchObject({ code: "unknown_version", nearest: "3.4.2.0" });
  });

  test("is judged by the database as well", () => {
    expect(toEnterprise("3.4.2", "3.4.2.0", { postgresVersion: "10.1" })).toMatchObject({ code: "postgres_too_old" });
    expect(toEnterprise("3.3.1", "3.4.3.29", { postgresVersion: "10.1" })).toMatchObject({
      code: "no_enterprise_twin",
    });
  });

  test("never leads from Enterprise to OSS", () => {
    expect(enterprise("3.4.3.5", "3.4.2", { editionTo: "oss" })).toMatchObject({
      code: "enterprise_to_oss",
      nearest: "3.4.3.29",
    });
  });

  test("is not meant by a number of the other edition alone", () => {
    expect(oss("2.8.5", "3.4.3.5")).toMatchObject({ code: "edition_change", nearest: "3.4.2" });
    expect(enterprise("2.8.4.14", "3.4.2")).toMatchObject({ code: "edition_change", nearest: "3.4.3.29" });
  });
});
