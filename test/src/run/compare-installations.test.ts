import { expect, test } from "vitest";
import { environmentSchema } from "#src/plan/environment.ts";
import type { Environment } from "#src/plan/environment.ts";
import { compareInstallations } from "#src/run/compare-installations.ts";
import { fullEnvironment } from "#test/src/plan/full-environment.ts";

/** Parts that may differ: people, texts, times, and files that only the runner reads. */
const free = new Set([
  "description",
  "channel",
  "smokeTests",
  "soak",
  "timeouts",
  "policies",
  "operators",
  "sources",
  "calendar",
]);

test("the full environment has every part that an environment can have", () => {
  expect(Object.keys(fullEnvironment()).toSorted()).toStrictEqual(Object.keys(environmentSchema.shape).toSorted());
});

test("equal descriptions agree, those of installations without a database too", () => {
  expect(compareInstallations(fullEnvironment(), fullEnvironment())).toStrictEqual([]);
  const { database: _, ...dbless } = fullEnvironment();
  expect(compareInstallations(dbless, dbless)).toStrictEqual([]);
});

test.each(Object.keys(environmentSchema.shape))(
  "whether %s is there decides where and what runs, or is free",
  (part) => {
    const own = fullEnvironment();
    const other: Environment = Object.assign(fullEnvironment(), { [part]: undefined });
    expect(compareInstallations(own, other)).toStrictEqual(free.has(part) ? [] : [part]);
  },
);

test.each<[string, (environment: Environment) => Environment]>([
  ["green", (one) => Object.assign(one, { green: { ...one.green, nodes: [] } })],
  ["kubernetes", (one) => Object.assign(one, { kubernetes: { ...one.kubernetes, context: "other" } })],
  ["packages", (one) => Object.assign(one, { packages: { recipe: "yum", usesSudo: true } })],
  ["service", (one) => Object.assign(one, { service: { ...one.service, unit: "other-{node}" } })],
  ["licence", (one) => Object.assign(one, { licence: { file: "/other.json" } })],
  ["traffic", (one) => Object.assign(one, { traffic: { shares: [100], observeMs: 1 } })],
])("another %s is another installation", (part, change) => {
  expect(compareInstallations(fullEnvironment(), change(fullEnvironment()))).toStrictEqual([part]);
});
