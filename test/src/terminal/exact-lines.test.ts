import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Evidence } from "#src/kong/finding.ts";
import { withExactLines } from "#src/terminal/exact-lines.ts";

/** The line that evidence gets whose entity begins on a line of a file. */
async function exactLine(text: string, piece: Omit<Evidence, "text" | "what" | "file">): Promise<number | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "lines-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "kong.yml");
  await writeFile(file, text);
  const evidence = [{ ...piece, text: "it", what: "it", file }];
  const finding = { id: "x", kind: "finding", severity: "info", area: "plugin", title: "t", effect: "e" } as const;
  const findings = [{ ...finding, evidence, count: 1, remedy: "r", source: "s" }];
  const { hops } = await withExactLines({
    target: "3.4.2",
    hops: [{ from: "2.8.5", to: "3.4.2", findings, notChecked: [] }],
  });
  const told = hops[0]?.findings[0]?.evidence[0];
  return typeof told === "string" ? undefined : told?.line;
}

const yaml = `_plugin_configs:
  shared:
    whitelist: [a]
services:
- name: s
  plugins:
  - name: acl
    _config: shared
  - name: ip-restriction
    config:
      # who

      whitelist:
      - 10.0.0.1
  routes:
  - name: r
    paths:
    - /a/b
    - /a
    - "/a/\\\\d+"
upstreams:
- name: u
  targets:
  - target: x:80
  - target: x:80
`;

test.each<{ title: string; at: Omit<Evidence, "text" | "what" | "file">; exact: number }>([
  { title: "a field of its own", at: { line: 9, field: "config.whitelist" }, exact: 13 },
  {
    title: "a field that comes from elsewhere has the entity's line",
    at: { line: 7, field: "config.whitelist" },
    exact: 7,
  },
  { title: "a value that begins like another one", at: { line: 16, field: "paths[1]", value: "/a" }, exact: 19 },
  {
    title: "a value with a backslash in quotes",
    at: { line: 16, field: "paths[2]", value: String.raw`/a/\d+` },
    exact: 20,
  },
  {
    title: "the first of two fields",
    at: { line: 22, field: "targets[0].target and targets[1].target", value: "x:80" },
    exact: 24,
  },
])("$title", async ({ at, exact }) => {
  expect(await exactLine(yaml, at)).toBe(exact);
});

test("a field in the next document is another entity's", async () => {
  const manifests = "kind: KongPlugin\nplugin: acl\n---\nkind: KongPlugin\nconfig:\n  whitelist: [a]\n";
  expect(await exactLine(manifests, { line: 1, field: "config.whitelist" })).toBe(1);
  expect(await exactLine(manifests, { line: 4, field: "config.whitelist" })).toBe(6);
});

test("JSON is looked through to the end of the entity's object", async () => {
  const json = JSON.stringify(
    {
      plugins: [
        { name: "acl", config: { hide: true } },
        { name: "b", config: { whitelist: ["a"] } },
      ],
    },
    undefined,
    2,
  );
  expect(await exactLine(json, { line: 3, field: "config.whitelist" })).toBe(3);
  expect(await exactLine(json, { line: 9, field: "config.whitelist" })).toBe(12);
});
