import { describe, expect, test } from "vitest";
import type { Condition } from "#src/kong/catalogue/condition.ts";
import { emptyInventory } from "#src/kong/inventory.ts";
import type { Input, InputState } from "#src/kong/inventory.ts";
import { inventoryOf } from "#test/src/kong/catalogue/installation.ts";
import { hop, judged, judgedOf } from "./judged.ts";

const asks: Condition = { kind: "manual", question: "Is it so?" };
const isAcl: Condition = { kind: "plugin", name: "acl" };
const isVitals: Condition = { kind: "conf", key: "vitals", predicate: "equals", value: "on" };
const hasSource: Condition = { kind: "source", files: "**/*.lua", predicate: "matches", value: "BasePlugin" };

const open = (inputs: readonly Input[], questions: readonly string[] = []): unknown => ({ inputs, questions });
const withAcl = { plugins: [{ id: "p", name: "acl", config: {} }] };

describe("three answers and a question", () => {
  test.each<{ title: string; condition: Condition; given: Parameters<typeof judged>[1]; is: unknown }>([
    { title: "what is there holds", condition: isAcl, given: withAcl, is: ["global plugin acl (p)"] },
    { title: "what was looked for and is not there fails", condition: isAcl, given: { plugins: [] }, is: "fails" },
    { title: "what nobody gave is open, never false", condition: isAcl, given: {}, is: open(["entities"]) },
    { title: "a question is open", condition: asks, given: {}, is: open([], ["Is it so?"]) },
    { title: "what concerns everybody holds", condition: { kind: "always" }, given: {}, is: [] },
    {
      title: "any: one that holds is enough, whatever the others lack",
      condition: { any: [hasSource, asks, isAcl] },
      given: withAcl,
      is: ["global plugin acl (p)"],
    },
    {
      title: "any: what is missing and what is asked stay open together",
      condition: { any: [hasSource, asks, isAcl] },
      given: { plugins: [] },
      is: open(["sources"], ["Is it so?"]),
    },
    {
      title: "any: a question is left when all else was looked at",
      condition: { any: [isAcl, asks] },
      given: { plugins: [] },
      is: open([], ["Is it so?"]),
    },
    {
      title: "all: one that fails is enough",
      condition: { all: [hasSource, isAcl] },
      given: { plugins: [] },
      is: "fails",
    },
    {
      title: "all: what is missing stays open",
      condition: { all: [hasSource, isAcl] },
      given: withAcl,
      is: open(["sources"]),
    },
    {
      title: "all: nobody is asked while an input is missing",
      condition: { all: [isAcl, asks] },
      given: {},
      is: open(["entities"]),
    },
    {
      title: "all: people are asked when the rest holds",
      condition: { all: [isAcl, asks] },
      given: withAcl,
      is: open([], ["Is it so?"]),
    },
    {
      title: "all: several that hold show what each of them hits, the rarest first",
      condition: { all: [isAcl, isVitals] },
      given: { plugins: [...withAcl.plugins, { id: "q", name: "acl", config: {} }], conf: { vitals: "on" } },
      is: ["kong.conf: vitals = on", "global plugin acl (p)", "global plugin acl (q)"],
    },
    { title: "not: holds where nothing is hit", condition: { not: isAcl }, given: { plugins: [] }, is: [] },
    { title: "not: fails where something is hit", condition: { not: isAcl }, given: withAcl, is: "fails" },
    { title: "not: what is open stays open", condition: { not: isAcl }, given: {}, is: open(["entities"]) },
    {
      title: "any: a denial beside another alternative is about all objects",
      condition: {
        any: [
          { not: { kind: "plugin", name: "acl", path: "x", predicate: "equals", value: 1 } },
          { kind: "plugin", name: "acl", path: "x", predicate: "equals", value: 2 },
        ],
      },
      given: {
        plugins: [
          { name: "acl", x: 1 },
          { name: "acl", x: 3 },
        ],
      },
      is: "fails",
    },
    { title: "nothing to choose from fails", condition: { any: [] }, given: {}, is: "fails" },
    { title: "nothing to fulfil holds", condition: { all: [] }, given: {}, is: [] },
  ])("$title", ({ condition, given, is }) => {
    expect(judged(condition, given)).toEqual(is);
  });

  test.each<{ title: string; state: InputState; has: boolean; is: unknown }>([
    {
      title: "read in part: a hit counts",
      state: { kind: "partly", problem: "403" },
      has: true,
      is: ["global plugin acl (p)"],
    },
    {
      title: "read in part: a miss is open",
      state: { kind: "partly", problem: "403" },
      has: false,
      is: open(["entities"]),
    },
    {
      title: "failed: a miss is open",
      state: { kind: "failed", problem: "timeout" },
      has: false,
      is: open(["entities"]),
    },
  ])("$title", ({ state, has, is }) => {
    const inventory = inventoryOf(has ? withAcl : {});
    const partly = { ...inventory, inputs: { ...emptyInventory("2026-11-26").inputs, entities: state } };
    expect(judgedOf(isAcl, partly)).toEqual(is);
  });
});

describe("conditions of one `all` are about the same thing", () => {
  const plain = { kind: "route", path: "paths[*]", predicate: "not_matches", value: "^[a-z0-9/~]*$" } as const;
  const untilded = { kind: "route", path: "paths[*]", predicate: "not_matches", value: "^~" } as const;
  const provider = {
    kind: "plugin",
    name: "ai-proxy",
    path: "config.provider",
    predicate: "equals",
    value: "a",
  } as const;
  const type = { kind: "plugin", name: "ai-proxy", path: "config.type", predicate: "equals", value: "chat" } as const;

  test("a path that is not plain and does not start with ~ is one path, not two", () => {
    const condition = { all: [plain, untilded] };
    expect(judged(condition, { routes: [{ id: "r", paths: ["~/a.b", "/plain"] }] })).toBe("fails");
    expect(judged(condition, { routes: [{ id: "r", name: "r", paths: ["/plain", "/a.b", "/c.d"] }] })).toEqual([
      "route r: paths[1] = /a.b",
      "route r: paths[2] = /c.d",
    ]);
  });

  test("two fields are of one plugin instance, and shown together", () => {
    const condition = { all: [provider, type] };
    const one = { id: "1", name: "ai-proxy", config: { provider: "a", type: "other" } };
    const two = { id: "2", name: "ai-proxy", config: { provider: "b", type: "chat" } };
    expect(judged(condition, { plugins: [one, two] })).toBe("fails");
    expect(judged(condition, { plugins: [one, { ...two, config: { provider: "a", type: "chat" } }] })).toEqual([
      "global plugin ai-proxy (2): config.provider = a, config.type = chat",
    ]);
  });

  test("what is denied is of the same object", () => {
    const condition = { all: [provider, { not: type }] };
    const chat = { id: "1", name: "ai-proxy", config: { provider: "a", type: "chat" } };
    expect(judged(condition, { plugins: [chat] })).toBe("fails");
    expect(judged(condition, { plugins: [chat, { id: "2", name: "ai-proxy", config: { provider: "a" } }] })).toEqual([
      "global plugin ai-proxy (2): config.provider = a",
    ]);
  });

  test("an object of which only something is denied is shown itself", () => {
    const condition = { all: [{ not: provider }, { not: type }] };
    const plugins = [
      { id: "1", name: "ai-proxy", config: { provider: "a" } },
      { id: "2", name: "ai-proxy", config: { provider: "b" } },
    ];
    expect(judged(condition, { plugins })).toEqual(["global plugin ai-proxy (2)"]);
  });

  test("alternatives about one object stay with it", () => {
    const condition: Condition = { all: [provider, { any: [type, { ...type, value: "completions" }] }] };
    const apart = [
      { id: "1", name: "ai-proxy", config: { provider: "a" } },
      { id: "2", name: "ai-proxy", config: { type: "chat" } },
    ];
    expect(judged(condition, { plugins: apart })).toBe("fails");
    expect(
      judged(condition, {
        plugins: [{ ...apart[0], name: "ai-proxy", config: { provider: "a", type: "completions" } }],
      }),
    ).toEqual(["global plugin ai-proxy (1): config.provider = a, config.type = completions"]);
  });

  test("fields of one element of a list go together", () => {
    const condition: Condition = {
      all: [
        { kind: "upstream", path: "targets[*].weight", predicate: "equals", value: 0 },
        { kind: "upstream", path: "targets[*].target", predicate: "matches", value: "^a" },
      ],
    };
    const upstream = (targets: readonly unknown[]): Parameters<typeof judged>[1] => ({
      entities: { upstream: [{ id: "u", name: "u", targets }] },
    });
    expect(
      judged(
        condition,
        upstream([
          { target: "b", weight: 0 },
          { target: "a", weight: 1 },
        ]),
      ),
    ).toBe("fails");
    expect(
      judged(
        condition,
        upstream([
          { target: "b", weight: 0 },
          { target: "a", weight: 0 },
        ]),
      ),
    ).toEqual(["upstream u: targets[1].weight = 0, targets[1].target = a"]);
  });

  test("plugins of different names are different objects", () => {
    const condition = { all: [isAcl, { kind: "plugin", name: "jwt" } as const] };
    expect(
      judged(condition, {
        plugins: [
          { id: "1", name: "acl" },
          { id: "2", name: "jwt" },
        ],
      }),
    ).toEqual(["global plugin acl (1)", "global plugin jwt (2)"]);
  });

  test("two facts are of one host", () => {
    const condition: Condition = {
      all: [
        { kind: "deployment", path: "arch", predicate: "equals", value: "arm64" },
        { kind: "deployment", path: "package", predicate: "equals", value: "rpm" },
      ],
    };
    const hosts = [
      { node: "a", arch: "arm64", package: "deb" },
      { node: "b", arch: "amd64", package: "rpm" },
    ] as const;
    expect(judged(condition, { hosts })).toBe("fails");
    expect(judged(condition, { hosts: [...hosts, { node: "c", arch: "arm64", package: "rpm" }] })).toEqual([
      "host c: arch = arm64, package = rpm",
    ]);
  });
});

test("what two alternatives hit at one place is told once", () => {
  const condition: Condition = {
    any: [
      { kind: "plugin", name: "acl", path: "config.*", predicate: "matches", value: "secret-header" },
      { kind: "plugin", name: "*", path: "config.*", predicate: "matches", value: "header" },
      { kind: "conf", key: "wasm_filters", predicate: "present" },
      { kind: "conf", key: "/^wasm_/", predicate: "present" },
    ],
  };
  const given = { plugins: [{ id: "1", name: "acl", config: { a: ["secret-header"] } }], conf: { wasm_filters: "x" } };
  expect(judged(condition, given)).toEqual([
    "global plugin acl (1): config.a[0] = secret-header",
    "kong.conf: wasm_filters = x",
  ]);
});

test("facts of the upgrade are evidence only where there is nothing else", () => {
  const version: Condition = { kind: "version", path: "from", predicate: "lt", value: "3.0" };
  expect(judged(version, {})).toEqual(["the upgrade: from = 2.8.4.1"]);
  expect(judged({ all: [version, isAcl] }, withAcl, hop())).toEqual(["global plugin acl (p)"]);
});
