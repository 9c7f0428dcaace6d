import { expect, test } from "vitest";
import { emptyInventory } from "#src/kong/inventory.ts";
import type { InputState, Inventory } from "#src/kong/inventory.ts";
import { mergeInventories, mergeState } from "#src/kong/merge-inventories.ts";

const today = "2026-11-26";
const read: InputState = { kind: "read" };
const none: InputState = { kind: "not_given" };

function problem(kind: "partly" | "failed", text: string): InputState {
  return { kind, problem: text };
}

test.each<readonly [InputState, InputState, InputState]>([
  [none, none, none],
  [none, read, read],
  [none, problem("failed", "a"), problem("failed", "a")],
  [read, read, read],
  [read, problem("failed", "a"), problem("partly", "a")],
  [read, problem("partly", "a"), problem("partly", "a")],
  [problem("failed", "a"), problem("failed", "b"), problem("failed", "a; b")],
  [problem("failed", "a"), problem("partly", "b"), problem("partly", "a; b")],
])("%o and %o are %o, in either order", (first, second, merged) => {
  expect(mergeState(first, second)).toEqual(merged);
  expect(mergeState(second, first).kind).toEqual(merged.kind);
});

const live: Inventory = {
  ...emptyInventory(today),
  inputs: { ...emptyInventory(today).inputs, entities: read, plugins: read },
  deployment: { edition: "oss", database: "postgres" },
  entities: [{ kind: "route", name: "live", parents: [], origin: "live", fields: {} }],
  customPlugins: [{ name: "mine", priority: 7, sources: [] }],
  installedPlugins: [{ name: "acl", version: "3.4.2" }],
  databaseServer: { kind: "postgres", version: "15.4" },
  environmentNames: ["AWS_REGION"],
};

const files: Inventory = {
  ...emptyInventory("2020-01-01"),
  inputs: { ...emptyInventory(today).inputs, entities: problem("failed", "kong.yml: is empty"), sources: read },
  deployment: { database: "off", platform: "kubernetes" },
  entities: [{ kind: "route", name: "file", parents: [], origin: "file", fields: {} }],
  customPlugins: [
    { name: "mine", priority: 9, version: "1", hasMigrations: true, sources: [{ file: "handler.lua", text: "" }] },
  ],
  installedPlugins: [{ name: "acl" }, { name: "cors" }],
  environmentNames: ["AWS_REGION", "NO_PROXY"],
};

test("lists add up, single facts of the first count, and plugins of one name become one", () => {
  expect(mergeInventories(live, files)).toMatchObject({
    today,
    inputs: { entities: problem("partly", "kong.yml: is empty"), plugins: read, sources: read, helm: none },
    deployment: { edition: "oss", database: "postgres", platform: "kubernetes" },
    entities: [{ name: "live" }, { name: "file" }],
    customPlugins: [
      { name: "mine", priority: 7, version: "1", hasMigrations: true, sources: [{ file: "handler.lua" }] },
    ],
    installedPlugins: [{ name: "acl", version: "3.4.2" }, { name: "cors" }],
    databaseServer: { version: "15.4" },
    environmentNames: ["AWS_REGION", "NO_PROXY"],
  });
});

test("an empty inventory changes nothing", () => {
  expect(mergeInventories(live, emptyInventory(today))).toEqual(live);
  expect(mergeInventories(emptyInventory(today), live)).toEqual(live);
});
