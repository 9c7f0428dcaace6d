import { expect, test } from "vitest";
import { assess } from "#src/kong/assess/assess.ts";
import type { Condition, Leaf } from "#src/kong/catalogue/condition.ts";
import type { Finding } from "#src/kong/finding.ts";
import type { Entity, Inventory } from "#src/kong/inventory.ts";
import { inventoryOf } from "#test/src/kong/catalogue/installation.ts";
import { hazardWhen } from "./hazards.ts";
import { hop } from "./judged.ts";

const anything: Leaf = { kind: "plugin", name: "*", path: "config.x", predicate: "is_set" };

test("evidence is a text and its parts", () => {
  const entity: Entity = {
    kind: "plugin",
    id: "0f9c",
    name: "acl",
    workspace: "shop",
    parents: [
      { kind: "route", name: "orders" },
      { kind: "service", name: "shop" },
    ],
    origin: "file",
    place: { file: "kong/acl.yml", line: 12 },
    fields: { name: "acl", enabled: false, config: { x: ["a", 1, null] } },
  };
  expect(evidenceOf(anything, { ...inventoryOf({ plugins: [] }), entities: [entity] })).toEqual([
    {
      text: 'plugin acl on route orders, service shop (0f9c, kong/acl.yml:12, disabled) in workspace shop: config.x = ["a", 1, null]',
      what: "plugin acl",
      id: "0f9c",
      name: "acl",
      workspace: "shop",
      field: "config.x",
      value: '["a", 1, null]',
      file: "kong/acl.yml",
      line: 12,
    },
  ]);
});

test("at most twenty pieces are kept, and all are counted", () => {
  const plugins = Array.from({ length: 345 }, (_, index) => ({ id: `${index}`, name: "acl", config: { x: index } }));
  const finding = findingOf(anything, inventoryOf({ plugins }));
  expect(finding?.count).toBe(345);
  expect(finding?.evidence).toHaveLength(20);
});

test.each([
  { title: "a long value is cut", value: "a".repeat(100_000), is: `${"a".repeat(199)}…` },
  {
    title: "a huge object is cut",
    value: Array.from({ length: 9_999 }, () => "abc"),
    is: `["abc"${', "abc"'.repeat(27)}, "a…`,
  },
  {
    title: "line ends and control characters are written out",
    value: "a\nb\u001B[31mc\u202Ed",
    is: String.raw`a\nb\u001b[31mc\u202ed`,
  },
  { title: "half a character is replaced", value: "a\uD83D", is: "a\uFFFD" },
  { title: "a login in an address", value: "redis://me:pw@cache:6379", is: "redis://[redacted]@cache:6379" },
  { title: "a token", value: "Authorization: Bearer abcdef123456", is: "Authorization: Bearer [redacted]" },
  { title: "an assignment", value: "x; password = hunter2; y", is: "x; password = [redacted]; y" },
  {
    title: "a header with a token",
    value: "curl -H 'Kong-Admin-Token: s3cr3t' x",
    is: "curl -H 'Kong-Admin-Token: [redacted]' x",
  },
  { title: "a login of curl", value: "curl -u ada:lovelace http://x", is: "curl -u ada:[redacted] http://x" },
  {
    title: "fields inside",
    value: { password: "p", port: 1, deep: { api_key: ["k"] } },
    is: '{"password": "[redacted]", "port": 1, "deep": {"api_key": ["[redacted]"]}}',
  },
])("what a value gives away or breaks is kept out: $title", ({ value, is }) => {
  const [piece] = evidenceOf(anything, inventoryOf({ plugins: [{ id: "1", name: "p", config: { x: value } }] }));
  const shown = typeof piece === "string" ? undefined : piece?.value;
  expect(shown).toBe(is);
  expect(typeof piece === "string" ? "" : piece?.text).toBe(`global plugin p (1): config.x = ${shown}`);
});

test.each([
  { field: "client_secret", value: "s3cr3t", is: "[redacted]" },
  { field: "client_secret", value: ["s3cr3t"], is: '["[redacted]"]' },
  { field: "client_secret", value: "{vault://hcv/a/b}", is: "{vault://hcv/a/b}" },
  { field: "client_secret", value: "", is: "" },
  { field: "hide_credentials", value: false, is: "false" },
  { field: "key_names", value: ["apikey"], is: '["apikey"]' },
  { field: "redis_password", value: 1_234, is: "[redacted]" },
])("a field that is called $field with $value shows $is", ({ field, value, is }) => {
  const leaf: Leaf = { kind: "plugin", name: "p", path: `config.${field}`, predicate: "is_set" };
  expect(
    evidenceOf(leaf, inventoryOf({ plugins: [{ id: "1", name: "p", config: { [field]: value } }] })),
  ).toMatchObject([{ text: `global plugin p (1): config.${field} = ${is}` }]);
});

test("a secret of kong.conf is not shown", () => {
  const leaf: Leaf = { kind: "conf", key: "/^pg_/", predicate: "present" };
  const shown = JSON.stringify(evidenceOf(leaf, inventoryOf({ conf: { pg_password: "hunter2", pg_user: "kong" } })));
  expect(shown).toContain("pg_user = kong");
  expect(shown).not.toContain("hunter2");
});

test("of a long text the part is shown that was found", () => {
  const code = `${"-- nothing\n".repeat(100)}local c = kong.cache:get(key)\n${"-- nothing\n".repeat(100)}`;
  const leaf: Leaf = { kind: "plugin", name: "p", path: "config.*", predicate: "matches", value: "kong\\.cache" };
  expect(
    evidenceOf(leaf, inventoryOf({ plugins: [{ id: "1", name: "p", config: { access: [code] } }] })),
  ).toMatchObject([{ text: "global plugin p (1): config.access[0] = local c = kong.cache:get(key)" }]);
});

test("a part of a long text gives away no part of a secret before it", () => {
  const secret = "s3cr3t".repeat(20);
  const line = `curl -H "Kong-Admin-Token: ${secret}" -X POST http://kong:8001/upstreams/u/targets ${"x".repeat(300)}`;
  const leaf: Leaf = { kind: "client", predicate: "matches", value: "/targets" };
  const shown = JSON.stringify(evidenceOf(leaf, inventoryOf({ scripts: line })));
  expect(shown).toContain("/upstreams/u/targets");
  expect(shown).not.toContain("s3cr3t");
});

test("names that somebody else chose cannot break a line", () => {
  const routes = [{ id: "1", name: "a\nb", paths: ["/x\r\ny"] }];
  const leaf: Leaf = { kind: "route", path: "paths[*]", predicate: "present" };
  expect(evidenceOf(leaf, inventoryOf({ routes }))).toMatchObject([
    { text: String.raw`route a\nb (1): paths[0] = /x\u000d\ny`, name: String.raw`a\nb` },
  ]);
});

function findingOf(when: Condition, inventory: Inventory): Finding | undefined {
  return assess(inventory, hop(), [hazardWhen(when)]).findings[0];
}

function evidenceOf(when: Condition, inventory: Inventory): Finding["evidence"] {
  return findingOf(when, inventory)?.evidence ?? [];
}
