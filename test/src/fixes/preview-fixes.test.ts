import { expect, test } from "vitest";
import { parse } from "yaml";
import { previewFixes } from "#src/fixes/preview-fixes.ts";
import type { Fix } from "#src/kong/catalogue/hazard.ts";

const deck = String.raw`_format_version: "1.1" # written by decK
services:
- name: orders
  routes:
  - name: by-id
    paths:
    - /orders/\d+        # regex
    - "/orders/(?<id>[a-z]+)$"
    - '/plain'
    - ~/done/\d+
  plugins:
  - name: acl
    config:
      whitelist: # who may
      - admins
      hide_groups_header: true
- {name: flow, routes: [{paths: ["/f/[a-z]"]}], plugins: [{name: ip-restriction, config: {blacklist: [10.0.0.1], status: 403}}]}
plugins:
- name: key-auth
  config:
    whitelist: not-mine
`;

const renames: readonly Fix[] = [
  { kind: "rename_field", plugin: "acl", from: "config.whitelist", to: "config.allow" },
  { kind: "rename_field", plugin: "ip-restriction", from: "config.blacklist", to: "config.deny" },
];

test("only the places that change are touched: comments, quoting and order stay", () => {
  const fixes: readonly Fix[] = [{ kind: "migrate_path" }, { kind: "format_version", to: "3.0" }, ...renames];
  const preview = previewFixes("kong.yml", deck, fixes);
  expect(preview.left).toEqual([]);
  expect(preview.changes).toBe(6);
  expect(preview.fixed).toBe(
    deck
      .replace('"1.1"', '"3.0"')
      .replace(String.raw`- /orders/\d+`, String.raw`- ~/orders/\d+`)
      .replace('"/orders/(', '"~/orders/(')
      .replace('"/f/[a-z]"', '"~/f/[a-z]"')
      .replace("whitelist: # who", "allow: # who")
      .replace("blacklist", "deny"),
  );
  expect(preview.diff).toContain(String.raw`-    - /orders/\d+        # regex`);
  expect(preview.diff).toContain(String.raw`+    - ~/orders/\d+        # regex`);
  expect(previewFixes("kong.yml", preview.fixed, fixes)).toMatchObject({ changes: 0, diff: "" });
});

test.each([
  [
    "removes a field with its lines",
    "- name: a\n  config:\n    old:\n      deep: 1\n    kept: 2\n",
    "config.old",
    { kept: 2 },
  ],
  ["removes a field in a flow map", "- name: a\n  config: {old: [1, 2], kept: 2}\n", "config.old", { kept: 2 }],
  ["removes the last field in a flow map", "- name: a\n  config: {kept: 2, old: 1}\n", "config.old", { kept: 2 }],
  [
    "removes a nested field",
    "- name: a\n  config:\n    r:\n      old: 1\n      b: 2\n",
    "config.r.old",
    { r: { b: 2 } },
  ],
])("%s", (_, plugins, field, config) => {
  const { fixed, left } = previewFixes("k", `plugins:\n${plugins}`, [{ kind: "remove_field", plugin: "a", field }]);
  expect(left).toEqual([]);
  expect(parse(fixed)).toEqual({ plugins: [{ name: "a", config }] });
});

test.each([
  ["a key without a value", "config: {old: , kept: 2}"],
  ["a list before a comment and a bracket of its own line", "config: {kept: 2, old: [1, # one\n    2, # two\n    ]}"],
  ["a block text before a blank line", "config:\n    old: |\n      one\n\n      two\n\n    kept: 2"],
  ["a value with an anchor and a comment", "config:\n    old: &x\n    - 1 # why\n    kept: 2"],
])("a field is removed whole: %s", (_, config) => {
  const text = `plugins:\n- name: a\n  ${config}\n`;
  const { fixed, left } = previewFixes("k", text, [{ kind: "remove_field", plugin: "a", field: "config.old" }]);
  expect(left).toEqual([]);
  expect(parse(fixed)).toEqual({ plugins: [{ name: "a", config: { kept: 2 } }] });
});

test("a new name keeps the quotes that JSON needs", () => {
  const text = '{"plugins": [{"name": "old"}]}';
  const { fixed } = previewFixes("k", text, [{ kind: "rename_plugin", from: "old", to: "new" }]);
  expect(JSON.parse(fixed)).toEqual({ plugins: [{ name: "new" }] });
});

test("what is written as a block text is left to a person", () => {
  const text =
    "_format_version: |-\n  1.1\nplugins:\n- name: |-\n    old\n  config:\n    s: |-\n      x\n    l:\n    - a\n    - |-\n      b\nroutes:\n- paths:\n  - |-\n    /x/[a-z]\n";
  const { fixed, left } = previewFixes("k", text, [
    { kind: "format_version", to: "3.0" },
    { kind: "rename_plugin", from: "old", to: "new" },
    { kind: "list_of_one", plugin: "old", field: "config.s" },
    { kind: "join_list", plugin: "old", field: "config.l" },
    { kind: "migrate_path" },
  ]);
  expect(fixed).toBe(text);
  expect(left).toHaveLength(5);
});

test.each([
  ["a block list of one", "t:\n      - x\n    u: 1", "join_list", { t: "x", u: 1 }],
  ["a flow list of one", "t: [x]\n    u: 1", "join_list", { t: "x", u: 1 }],
  ["a block list of several", "t:\n      - x\n      - 'y' # note\n    u: 1", "join_list", { t: "x, y", u: 1 }],
  ["a flow list of several", "t: [x, 1, 'it''s']\n    u: 1", "join_list", { t: "x, 1, it's", u: 1 }],
  ["an empty list", "t: []\n    u: 1", "join_list", { u: 1 }],
  ["a value", "t: 'x' # note\n    u: 1", "list_of_one", { t: ["x"], u: 1 }],
] as const)("%s changes its form", (_, lines, kind, config) => {
  const text = `plugins:\n- name: a\n  config:\n    ${lines}\n`;
  expect(parse(previewFixes("k", text, [{ kind, plugin: "a", field: "config.t" }]).fixed)).toEqual({
    plugins: [{ name: "a", config }],
  });
});

test("stars stand for every key of an object and every object of a list", () => {
  const text =
    "plugins:\n- name: a\n  config:\n    headers:\n      x: [one]\n      y: [two]\n    rows:\n    - n: 1\n    - n: 2\n";
  const fixes: readonly Fix[] = [
    { kind: "join_list", plugin: "a", field: "config.headers.*" },
    { kind: "list_of_one", plugin: "a", field: "config.rows[*].n" },
  ];
  expect(parse(previewFixes("k", text, fixes).fixed)).toEqual({
    plugins: [{ name: "a", config: { headers: { x: "one", y: "two" }, rows: [{ n: [1] }, { n: [2] }] } }],
  });
});

test("what a program cannot repair is left and named", () => {
  const text = "plugins:\n- name: acl\n  config: {whitelist: [a], allow: [b]}\n- name: x\n  config: {l: [1, {a: 2}]}\n";
  const preview = previewFixes("kong.yml", text, [...renames, { kind: "join_list", plugin: "x", field: "config.l" }]);
  expect(preview).toMatchObject({ changes: 0, fixed: text, diff: "" });
  expect(preview.left).toEqual([
    "config.whitelist: config.allow is set too; decide which of the two counts",
    "config.l: it holds more than plain texts; write one text by hand",
  ]);
});

test("JSON is repaired like YAML", () => {
  const text = '{"_format_version": "2.1", "routes": [{"paths": ["/a/\\\\d+"]}]}';
  const { fixed } = previewFixes("kong.json", text, [{ kind: "migrate_path" }, { kind: "format_version", to: "3.0" }]);
  expect(JSON.parse(fixed)).toEqual({ _format_version: "3.0", routes: [{ paths: [String.raw`~/a/\d+`] }] });
});

test.each(["services: [", "\u0000\u0001", "a: &a [*a, *b]", "{".repeat(5_000), ""])(
  "a text that is no declarative file changes nothing: %j",
  (text) => {
    expect(previewFixes("kong.yml", text.slice(0, 5_000), [{ kind: "migrate_path" }, ...renames])).toMatchObject({
      changes: 0,
      diff: "",
    });
  },
);

/** Lists that are taken apart into pieces, because they are longer than one. */
const large = (count: number): string =>
  Array.from(
    { length: count },
    (_, index) => `- name: s${index}\n  routes:\n  - name: r${index}\n    paths:\n    - /a/${index}/\\d+\n`,
  ).join("");

test("a file of many pieces is repaired in each of them, in a time that grows with its size only", () => {
  const count = 20_000;
  const text = `_format_version: "2.1"\nservices:\n${large(count)}plugins:\n- name: acl\n  config:\n    whitelist: [a]\n`;
  const fixes: readonly Fix[] = [{ kind: "migrate_path" }, { kind: "format_version", to: "3.0" }, ...renames];
  const preview = previewFixes("kong.yml", text, fixes);
  expect(preview.left).toEqual([]);
  expect(preview.changes).toBe(count + 2);
  expect(preview.fixed).toContain("/a/19999/\\d+\nplugins:\n- name: acl\n  config:\n    allow: [a]\n");
  expect(preview.diff.split("\n").filter((line) => line.startsWith("+    - ~/a/"))).toHaveLength(count);
});

test("JSON of many pieces is repaired in each of them", () => {
  const services = Array.from({ length: 2_000 }, (_, index) => ({
    name: `service-${index}`,
    routes: [{ name: `r${index}`, paths: [String.raw`/a/\d+`] }],
  }));
  const text = JSON.stringify({ _format_version: "3.0", services });
  const { fixed, changes } = previewFixes("kong.json", text, [{ kind: "migrate_path" }]);
  expect(changes).toBe(2_000);
  expect(fixed).toBe(text.replaceAll('"/a/', '"~/a/'));
});

test("a document that cannot be taken apart is repaired as a whole", () => {
  const text = `--- {services: [{name: a, routes: [{paths: ["/x/[a-z]"]}]}]}\n`;
  const { fixed, left } = previewFixes("kong.yml", text, [{ kind: "migrate_path" }]);
  expect({ fixed, left }).toEqual({ fixed: text.replace('"/x/', '"~/x/'), left: [] });
});

test("paths behind an alias are repaired at the anchor of a route, and left and named at another one", () => {
  const text = `services:\n- routes:\n  - paths: &all ["/x/[a-z]", &one "/z/(a)"]\n  - paths: *all\n  - paths: [*one]\n`;
  const own = previewFixes("kong.yml", text, [{ kind: "migrate_path" }]);
  expect(own).toMatchObject({ left: [], fixed: text.replace('"/x', '"~/x').replace('"/z', '"~/z') });
  const elsewhere = text.replace("services:", "services:\n- tags: [&else [/a(b), /c], &plain [/a]]");
  const other = previewFixes("kong.yml", elsewhere.replace("*all", "*else").replace("[*one]", "*plain"), [
    { kind: "migrate_path" },
  ]);
  expect(other.left).toEqual(["paths of *else: repair them at &else"]);
});

test("an alias whose anchor lies in another piece does not keep the file from being repaired, and is named", () => {
  const text = `x-paths: &paths ["/x/[a-z]"]\nservices:\n- name: a\n  routes:\n  - paths: *paths\n  - paths: ["/y/[a-z]"]\n`;
  const { fixed, left } = previewFixes("kong.yml", text, [{ kind: "migrate_path" }]);
  const named = ["paths of *paths: repair them at &paths"];
  expect({ fixed, left }).toEqual({ fixed: text.replace('"/y/', '"~/y/'), left: named });
});

test("paths are written as the migration to 3.0 writes them, in their own quotes", () => {
  const text = String.raw`_format_version: "1.1"
routes:
- paths: [/a%20(b|c), "/caf%c3%a9/\\d+", '/it''s%7e(x)', /x//y, "/a/./b"] # all
  name: encoded
- paths:
  - /x%2e(y)
  - /a%7Eb
  - /a%20b # a space
  - '~/y%2d\d'
`;
  const preview = previewFixes("kong.yml", text, [{ kind: "format_version", to: "3.0" }, { kind: "migrate_path" }]);
  expect(preview.left).toEqual([]);
  expect(preview.fixed).toBe(String.raw`_format_version: "3.0"
routes:
- paths: ['~/a (b|c)', "~/café/\\d+", '~/it''s~(x)', /x/y, "/a/b"] # all
  name: encoded
- paths:
  - ~/x\.(y)
  - /a~b
  - '/a b' # a space
  - '~/y\-\d'
`);
});

test("what two hazards have as the same remedy is made and said once", () => {
  const text = "routes:\n- paths:\n  - |\n    /a(b)\n  - /c(d)\n";
  const { left, changes } = previewFixes("kong.yml", text, [{ kind: "migrate_path" }, { kind: "migrate_path" }]);
  expect({ changes, left }).toEqual({
    changes: 1,
    left: ["path /a(b)\n: write ~/a(b)\n by hand, it is a block text"],
  });
});

test("only plain paths are normalised where the file is written for 3.0 already", () => {
  const text = "routes:\n- paths: [/x//y, /x//(y), ~/x//y]\n";
  const { fixed } = previewFixes("kong.yml", text, [{ kind: "normalise_path" }]);
  expect(fixed).toBe(text.replace("/x//y,", "/x/y,"));
});

test("a path that encodes no text is left and named", () => {
  const { fixed, left } = previewFixes("k", "routes:\n- paths: [/a%ff]\n", [{ kind: "migrate_path" }]);
  expect({ fixed, left }).toEqual({
    fixed: "routes:\n- paths: [/a%ff]\n",
    left: ["path /a%ff: it encodes what is no text; write it by hand"],
  });
});

test("variables of decK stay as they are, also where they are no YAML", () => {
  const text = `_format_version: "1.1"
routes:
- name: "\${{ env "DECK_NAME" }}"
  paths:
  - "\${{ env "DECK_P" }}"
  - \${{ env "DECK_Q" }}/(x)
  - "/a/\${{ env "DECK_R" }}/\\\\d+"
  - /plain/\${{ env "DECK_S" }}
  - /ok/(a)
`;
  const { fixed, left } = previewFixes("kong.yml", text, [{ kind: "migrate_path" }]);
  expect(fixed).toBe(text.replace('"/a/', '"~/a/').replace("/ok/", "~/ok/"));
  expect(left).toEqual([
    `path "\${{ env "DECK_P" }}": look at the variable's value; write it by hand`,
    `path \${{ env "DECK_Q" }}/(x): look at the variable's value; write it by hand`,
    `path /plain/\${{ env "DECK_S" }}: look at the variable's value; write it by hand`,
  ]);
});

test("paths that a merge key brings are left and named", () => {
  const text =
    "routes:\n- &base\n  paths: [/m/(a)]\n- tags: [&t {paths: [/n/(a)]}]\n- <<: *base\n- <<: [*t]\n- <<: *t\n  paths: [/o]\n";
  const { fixed, left } = previewFixes("kong.yml", text, [{ kind: "migrate_path" }]);
  expect({ fixed, left }).toEqual({ fixed: text.replace("/m", "~/m"), left: ["paths of *t: repair them at &t"] });
});

test("a byte order mark stays where it was, and the diff has it", () => {
  const text = '\uFEFF_format_version: "1.1"\nroutes: [{paths: [/a/(b)]}]\n';
  const { fixed, diff } = previewFixes("k", text, [{ kind: "format_version", to: "3.0" }, { kind: "migrate_path" }]);
  expect(fixed).toBe('\uFEFF_format_version: "3.0"\nroutes: [{paths: [~/a/(b)]}]\n');
  expect(diff).toContain('\n-\uFEFF_format_version: "1.1"\n');
});

test("what stands in a shared configuration is left and named", () => {
  const text =
    "_plugin_configs:\n  shared: {whitelist: [a]}\n  log: {headers: {A: [b]}}\n  other: {x: 1}\nplugins:\n- {name: acl, _config: shared}\n";
  const { fixed, left } = previewFixes("kong.yml", text, [
    ...renames,
    { kind: "join_list", plugin: "http-log", field: "config.headers.*" },
  ]);
  expect({ fixed, left }).toEqual({
    fixed: text,
    left: [
      "_plugin_configs.shared: config.whitelist: if acl uses it, do it by hand",
      "_plugin_configs.log: config.headers.*: if http-log uses it, do it by hand",
    ],
  });
});

test("an old field that says nothing goes where the new one is there", () => {
  const text =
    "plugins:\n- name: acl\n  config:\n    allow: [a]\n    whitelist: []\n- {name: acl, config: {whitelist: null, allow: [b]}}\n- {name: acl, config: {whitelist: null}}\n";
  const { fixed, left } = previewFixes("kong.yml", text, renames);
  expect(left).toEqual([]);
  expect(parse(fixed)).toEqual({
    plugins: [{ allow: ["a"] }, { allow: ["b"] }, { allow: null }].map((config) => ({ name: "acl", config })),
  });
});
