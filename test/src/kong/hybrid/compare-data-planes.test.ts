import fc from "fast-check";
import { expect, test } from "vitest";
import { compareDataPlanes } from "#src/kong/hybrid/compare-data-planes.ts";
import type { DataPlaneFate } from "#src/kong/hybrid/compare-data-planes.ts";
import { protocolsOf } from "#src/kong/hybrid/protocols.ts";
import { linesOf, versionsOf } from "#src/kong/releases.ts";
import { compareVersions, formatVersion, parseVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
}

const fate = (controlPlane: string, dataPlane: string): DataPlaneFate | undefined =>
  compareDataPlanes(version(controlPlane), [dataPlane])[0]?.fate;

test.each([
  ["2.0.0", ["json"]],
  ["2.8.5", ["json"]],
  ["3.0.2", ["json", "wrpc"]],
  ["3.0.1.0", ["json", "wrpc"]],
  ["3.1.1", ["wrpc"]],
  ["3.1.0.0", ["wrpc"]],
  ["3.1.1.1", ["wrpc"]],
  ["3.1.1.2", ["json", "wrpc"]],
  ["3.2.0", ["json"]],
  ["3.15.0.4", ["json"]],
])("%s speaks %j", (text, protocols) => {
  expect(protocolsOf(version(text))).toStrictEqual(protocols);
});

test.each([
  ["3.4.2", "3.4.2", "updated"],
  ["3.4.2", "3.0.2", "updated"],
  ["3.4.2", "3.4.9", "updated"],
  ["3.15.0.4", "3.2.2.5", "updated"],
  ["3.4.2", "3.5.0", "too_new"],
  ["3.4.2", "3.10.0.0", "too_new"],
  ["2.8.5", "3.4.2", "too_new"],
  ["3.4.2", "2.8.5", "frozen"],
  ["3.4.3.29", "2.8.4.14", "frozen"],
  ["2.8.5", "2.5.0", "updated"],
  ["2.4.1", "2.2.0", "updated"],
  ["2.4.1", "2.1.0", "frozen"],
  ["2.3.3", "2.3.0", "updated"],
  ["2.3.3", "2.2.0", "frozen"],
  ["3.1.1.1", "3.0.1.0", "updated"],
  ["3.2.2.5", "3.1.1.1", "frozen"],
  ["3.2.2.5", "3.1.1.2", "updated"],
  ["3.2.2", "3.1.1", "frozen"],
  ["3.4.2", "3.4.2-dev", "unreadable"],
])("at a control plane %s a data plane %s is %s", (controlPlane, dataPlane, kind) => {
  expect(fate(controlPlane, dataPlane)).toMatchObject({ kind });
});

test("what is not updated says why and where that is written", () => {
  for (const [controlPlane, dataPlane] of [
    ["3.4.2", "3.5.0"],
    ["3.4.2", "2.8.5"],
    ["2.3.3", "2.2.0"],
    ["3.2.2", "3.1.1"],
  ] as const) {
    expect(fate(controlPlane, dataPlane)).toMatchObject({
      reason: expect.stringContaining(" "),
      source: expect.stringContaining("Kong"),
    });
  }
});

test("equal versions are counted together, in the order they came", () => {
  expect(compareDataPlanes(version("3.4.2"), ["3.4.1", "3.3.1", "3.4.1"])).toMatchObject([
    { version: "3.4.1", count: 2 },
    { version: "3.3.1", count: 1 },
  ]);
});

test("fields are stripped that the control plane knows and the data plane does not", () => {
  const stripped = (controlPlane: string, dataPlane: string): readonly string[] => {
    const found = fate(controlPlane, dataPlane);
    return found?.kind === "updated" ? found.stripped.map(({ olderThan }) => olderThan) : [];
  };
  expect(stripped("3.4.2", "3.4.2")).toStrictEqual([]);
  expect(stripped("3.4.2", "3.2.2")).toStrictEqual(["3.3.0", "3.4.0"]);
  expect(stripped("3.3.1", "3.2.2")).toStrictEqual(["3.3.0"]);
  expect(stripped("3.9.0", "3.8.1")).toStrictEqual([]);
  expect(stripped("3.9.1", "3.8.1")).toStrictEqual(["3.9.1"]);
  expect(fate("3.3.1", "3.2.2")).toMatchObject({
    stripped: [{ removed: { "http-log": ["queue"] } }],
  });
});

test("a data plane is never updated by an older minor, and always by its own release of one protocol", () => {
  const releases = (["oss", "enterprise"] as const).flatMap((edition) =>
    linesOf(edition).flatMap((line) => versionsOf(line)),
  );
  const any = fc.constantFrom(...releases);
  fc.assert(
    fc.property(any, any, (controlPlane, dataPlane) => {
      const minors = (one: Version): Version => ({ ...one, patch: 0, enterprisePatch: undefined });
      const isNewer = compareVersions(minors(dataPlane), minors(controlPlane)) > 0;
      expect(fate(formatVersion(controlPlane), formatVersion(dataPlane))?.kind === "too_new").toBe(isNewer);
      expect(fate(formatVersion(dataPlane), formatVersion(dataPlane))).toMatchObject({ kind: "updated", stripped: [] });
    }),
  );
});
