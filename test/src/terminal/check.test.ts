import { mkdir, readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { z } from "zod";
import { clean, file, hop, inFolder, kongUpgrade, old, useFolder } from "./command-line.ts";

useFolder();

test("what Node compiled is kept where a variable says, and a place that cannot be written costs nothing", async () => {
  const words = ["check", ...hop, "--file", await file("kong.yml", clean)];
  const plain = await kongUpgrade(words, { CI: "true" });
  const kept = await kongUpgrade(words, { NODE_COMPILE_CACHE: inFolder("kept") });
  const refused = await kongUpgrade(words, { NODE_COMPILE_CACHE: inFolder("kong.yml", "kept") });
  expect(plain).toMatchObject({ stderr: "", exitCode: 0 });
  expect([kept, refused]).toEqual([plain, plain]);
  // The launcher alone is one file.
  const files = await readdir(inFolder("kept"), { recursive: true });
  expect(files.length).toBeGreaterThan(100);
});

test("a pipeline gets findings with file and line from a declarative file alone, and status 1", async () => {
  const { stdout, exitCode } = await kongUpgrade(["check", ...hop, "--file", await file("kong.yml", old)]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain(String.raw`route by-id (kong.yml:9): paths[1] = /orders/\d+$`);
  expect(stdout).toContain('plugin acl on service orders (kong.yml:13): config.whitelist = ["admins"]');
  expect(stdout).toMatch(
    /NOT LOOKED AT\n {2}kong\.conf or KONG_\* variables: \d+ hazards not looked for \(not given\)/u,
  );
  expect(stdout).toMatch(/STRATEGY\n {2}in-place: recommended/u);
  expect(stdout).toMatch(/\d+\. kong migrations finish \[irreversible\]/u);
});

test("a file without findings passes with status 0, and --strict counts what was not given", async () => {
  const words = ["check", ...hop, "--file", await file("clean.yml", clean)];
  expect((await kongUpgrade(words)).exitCode).toBe(0);
  expect((await kongUpgrade([...words, "--strict"])).exitCode).toBe(2);
});

test.each([
  ["stops-start", 0],
  ["breaks-traffic", 1],
  ["never", 0],
])("--fail-on %s gives status %i for findings that break traffic", async (level, status) => {
  const words = ["check", ...hop, "--file", await file("kong.yml", old), "--fail-on", level];
  expect((await kongUpgrade(words)).exitCode).toBe(status);
});

test("JSON holds every finding with its place, and SARIF shows each where it is", async () => {
  const words = ["check", ...hop, "--file", await file("kong.yml", old), "--format"];
  const json: unknown = JSON.parse((await kongUpgrade([...words, "json"])).stdout);
  expect(json).toMatchObject({
    format: "kong-upgrade-check/1",
    path: { kind: "possible", source: expect.stringContaining("2.8") },
    hops: [
      {
        from: "2.8.5",
        to: "3.4.2",
        findings: expect.arrayContaining([
          expect.objectContaining({
            id: "30-route-regex-tilde",
            evidence: [
              expect.objectContaining({ file: "kong.yml", line: 9, name: "by-id", value: String.raw`/orders/\d+$` }),
            ],
          }),
        ]),
      },
    ],
  });
  const sarif: unknown = JSON.parse((await kongUpgrade([...words, "sarif"])).stdout);
  expect(sarif).toMatchObject({
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "kong-upgrade" } },
        results: expect.arrayContaining([
          expect.objectContaining({
            ruleId: "30-route-regex-tilde",
            level: "error",
            locations: [{ physicalLocation: { artifactLocation: { uri: "kong.yml" }, region: { startLine: 9 } } }],
          }),
        ]),
      },
    ],
  });
  const { runs } = sarifSchema.parse(sarif);
  const rules = new Set(runs[0]?.tool.driver.rules.map(({ id }) => id));
  expect(runs[0]?.results.filter(({ ruleId }) => !rules.has(ruleId))).toEqual([]);
});

const sarifSchema = z.object({
  runs: z.array(
    z.object({
      tool: z.object({ driver: z.object({ rules: z.array(z.object({ id: z.string() })) }) }),
      results: z.array(z.object({ ruleId: z.string(), message: z.object({ text: z.string() }) })),
    }),
  ),
});

test("--fix-preview shows the repaired file as a diff and writes nothing", async () => {
  const name = await file("kong.yml", old);
  const { stdout, exitCode } = await kongUpgrade(["check", ...hop, "--file", name, "--fix-preview"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(String.raw`+    - ~/orders/\d+$`);
  expect(stdout).toContain("+      allow:");
  expect(stdout).toContain('+_format_version: "3.0"');
  const again = await kongUpgrade(["check", ...hop, "--file", name]);
  expect(again.stdout).toContain(String.raw`/orders/\d+$`);
});

test.each(["text", "markdown"])("as %s, questions are asked in words that a person can answer", async (format) => {
  const { stdout } = await kongUpgrade(["check", ...hop, "--file", await file("clean.yml", clean), "--format", format]);
  expect(stdout).toContain("Does any other application keep tables in Kong's database");
});

test("JSON, SARIF and the preview tell every place, however many there are", async () => {
  for (let index = 0; index < 30; index += 1) {
    await mkdir(inFolder("teams"), { recursive: true });
    await file(`teams/team-${index}.yml`, old.replace('"2.1"', '"3.0"').replaceAll("orders", `orders-${index}`));
  }
  const words = ["check", ...hop, "--file", "teams"];
  const { runs } = sarifSchema.parse(JSON.parse((await kongUpgrade([...words, "--format", "sarif"])).stdout));
  expect(runs[0]?.results.filter(({ ruleId }) => ruleId === "30-route-regex-tilde")).toHaveLength(30);
  const preview = await kongUpgrade([...words, "--fix-preview"]);
  expect(preview.stdout.match(/^\+ {4}- ~\/orders/gmu)).toHaveLength(30);
});

test("evidence from scripts and sources names files as they can be opened from here", async () => {
  await mkdir(inFolder("ci", "jobs"), { recursive: true });
  await file("ci/jobs/deploy.sh", "curl -X POST http://kong:8001/upstreams/a/targets -d target=10.0.0.1:80\n");
  await mkdir(inFolder("lua", "kong", "plugins", "ours"), { recursive: true });
  await file("lua/kong/plugins/ours/handler.lua", 'local Base = require "kong.plugins.base_plugin"\nreturn Base\n');
  const words = ["check", ...hop, "--scripts", "ci", "--plugins", "lua", "--format", "sarif"];
  const { stdout } = await kongUpgrade(words);
  expect(stdout).toContain('"uri": "ci/jobs/deploy.sh"');
  expect(stdout).toContain('"uri": "lua/kong/plugins/ours/handler.lua"');
});

test("what is odd about files that were read is told", async () => {
  const name = await file("typo.yml", `${clean}servicez:\n- name: lost\n`);
  const { stdout } = await kongUpgrade(["check", ...hop, "--file", name]);
  expect(stdout).toMatch(
    /ODD ABOUT THE FILES\n {2}typo\.yml:9: "servicez" is no key .* its 1 entry was not looked at/u,
  );
});
