import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { startAdminServer } from "#test/src/discovery/admin-server.ts";
import { root } from "#test/support/source-tree.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "check-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

/** The program as a pipeline starts it: no Slack, no database, no configuration file. */
async function kongUpgrade(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const program = join(root, "bin", "kong-upgrade.js");
  const { stdout, stderr, exitCode } = await execa(process.execPath, [program, ...words], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...env },
    extendEnv: false,
    reject: false,
    timeout: 50_000,
  });
  return { stdout, stderr, exitCode };
}

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return name;
}

const old = String.raw`_format_version: "2.1"
services:
- name: orders
  host: orders.internal
  routes:
  - name: by-id
    paths:
    - /plain
    - /orders/\d+$
  plugins:
  - name: acl
    config:
      whitelist:
      - admins
`;

const clean = `_format_version: "3.0"
services:
- name: orders
  host: orders.internal
  routes:
  - name: plain
    paths:
    - /plain
`;

const hop = ["--from", "2.8.5", "--to", "3.4.2"] as const;

test("what Node compiled is kept where a variable says, and a place that cannot be written costs nothing", async () => {
  const words = ["check", ...hop, "--file", await file("kong.yml", clean)];
  const plain = await kongUpgrade(words, { CI: "true" });
  const kept = await kongUpgrade(words, { NODE_COMPILE_CACHE: join(folder, "kept") });
  const refused = await kongUpgrade(words, { NODE_COMPILE_CACHE: join(folder, "kong.yml", "kept") });
  expect(plain).toMatchObject({ stderr: "", exitCode: 0 });
  expect([kept, refused]).toEqual([plain, plain]);
  // The launcher alone is one file.
  const files = await readdir(join(folder, "kept"), { recursive: true });
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

test.each([
  ["truncated JSON", "kong.json", '{"_format_version": "3.0", "services": [{"name": "a"'],
  ["HTML", "kong.yml", "<html><body>502 Bad Gateway</body></html>"],
  ["wrong types", "kong.yml", '_format_version: "3.0"\nservices: 5\nroutes: [null, x, {paths: 7}]\n'],
  ["a cycle of anchors", "kong.yml", '_format_version: "3.0"\nservices: &a [*a]\n'],
  ["binary garbage", "kong.yml", "\u0000\u0001\u0002\u00FF"],
  ["nothing", "kong.yml", ""],
])("%s is named as not read, with status 2, and is never “no findings”", async (_, name, text) => {
  const { stdout, stderr, exitCode } = await kongUpgrade(["check", ...hop, "--file", await file(name, text)]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: "" });
  expect(stdout).toContain("COULD NOT BE READ");
  expect(stdout).toContain(name);
  expect(stdout).not.toContain("no findings");
});

test.each([
  ["--conf", "kong.conf", "<html>Sign in</html>"],
  ["--conf", "kong.conf", "services:\n- name: orders\n"],
  ["--env", "kong.env", "nothing\n"],
  ["--template", "nginx.template", "<html>Sign in</html>"],
  ["--plugins", "handler.txt", "return {}"],
  ["--scripts", "deploy.sh", ""],
  ["--dashboards", "dashboard.json", "<html>Sign in</html>"],
  ["--helm-values", "values.yaml", "replicas: 3\n"],
  ["--manifests", "kong.yaml", "replicas: 3\n"],
])("%s %s with something else in it is named as not read, with status 2: %j", async (option, name, text) => {
  const { stdout, exitCode } = await kongUpgrade(["check", ...hop, option, await file(name, text)]);
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(new RegExp(`COULD NOT BE READ\\n.*${name}`, "u"));
  expect(stdout).not.toContain("no findings");
});

test.each([
  ["check", "--facts"],
  ["plan", "--diff"],
])("%s %s does not wait for a pipe that nobody writes to", async (word, option) => {
  await file("clean.yml", clean);
  await rm(join(folder, "pipe"), { force: true });
  await execa("mkfifo", [join(folder, "pipe")]);
  const { stderr, exitCode } = await kongUpgrade([word, ...hop, "--file", "clean.yml", option, "pipe"]);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("pipe is not a regular file"),
  });
});

test("variables over kong.conf are given with --env, because Node takes --env-file for itself", async () => {
  await file("kong.conf", "database = postgres\n");
  const name = await file("kong.env", "KONG_ROUTER_FLAVOR=traditional\nNODE_OPTIONS=--no-such-option\n");
  const words = ["check", ...hop, "--conf", "kong.conf"];
  const read = await kongUpgrade([...words, "--env", name]);
  expect(read.exitCode).toBe(1);
  expect(read.stdout).not.toContain("COULD NOT BE READ");
  const refused = await kongUpgrade([...words, "--env-file", await file("other.env", "KONG_ROLE=traditional\n")]);
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("write --env FILE") });
});

test("an option that lacks its word is not guessed to be itself", async () => {
  const { stderr, exitCode } = await kongUpgrade(["check", ...hop, "--file", "--strict"]);
  expect(exitCode).toBe(2);
  expect(stderr).not.toContain("did you mean");
});

test("JSON, SARIF and the preview tell every place, however many there are", async () => {
  for (let index = 0; index < 30; index += 1) {
    await mkdir(join(folder, "teams"), { recursive: true });
    await file(`teams/team-${index}.yml`, old.replace('"2.1"', '"3.0"').replaceAll("orders", `orders-${index}`));
  }
  const words = ["check", ...hop, "--file", "teams"];
  const { runs } = sarifSchema.parse(JSON.parse((await kongUpgrade([...words, "--format", "sarif"])).stdout));
  expect(runs[0]?.results.filter(({ ruleId }) => ruleId === "30-route-regex-tilde")).toHaveLength(30);
  const preview = await kongUpgrade([...words, "--fix-preview"]);
  expect(preview.stdout.match(/^\+ {4}- ~\/orders/gmu)).toHaveLength(30);
});

test("evidence from scripts and sources names files as they can be opened from here", async () => {
  await mkdir(join(folder, "ci", "jobs"), { recursive: true });
  await file("ci/jobs/deploy.sh", "curl -X POST http://kong:8001/upstreams/a/targets -d target=10.0.0.1:80\n");
  await mkdir(join(folder, "lua", "kong", "plugins", "ours"), { recursive: true });
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

test("a preview names what could not be read, with status 2", async () => {
  const words = ["check", ...hop, "--file", await file("kong.yml", old), "--file", "nowhere.yml", "--fix-preview"];
  const { stdout, exitCode } = await kongUpgrade(words);
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(/^# not read: .*nowhere\.yml: does not exist/mu);
  expect(stdout).toContain(String.raw`+    - ~/orders/\d+$`);
});

test("a file that is missing or forbidden is named", async () => {
  const missing = await kongUpgrade(["check", ...hop, "--file", "nowhere.yml"]);
  expect(missing).toMatchObject({ exitCode: 2, stdout: expect.stringContaining("nowhere.yml") });
  if (process.getuid?.() === 0) return;
  await chmod(join(folder, await file("secret.yml", clean)), 0);
  expect((await kongUpgrade(["check", ...hop, "--file", "secret.yml"])).exitCode).toBe(2);
});

test.each([
  [["check"], /say which version: --to/u],
  [["check", "--to", "3.4.2"], /say what to look at/u],
  [["check", "--to", "3.4.2", "--fiel", "x"], /did you mean --file\?/u],
  [["check", ...hop, "--file", "kong.yml", "--format", "xml"], /Possible: text, json, markdown, sarif/u],
  [["check", ...hop, "--file", "kong.yml", "--fail-on", "breaks"], /--fail-on cannot be “breaks”/u],
  [["check", "--to", "3.4.2", "--file", "clean.yml"], /nothing tells which version runs now.*--from/u],
  [["chek", "--to", "3.4.2"], /There is no word “chek”.*check/u],
])("%j is answered with what to write, and status 2", async (words, message) => {
  await file("kong.yml", old);
  await file("clean.yml", clean);
  const { stdout, stderr, exitCode } = await kongUpgrade(words);
  expect(exitCode).toBe(2);
  expect(`${stdout}${stderr}`).toMatch(message);
  expect(`${stdout}${stderr}`).not.toContain("    at ");
});

test("a refused path says why, by which rule, and what is possible instead", async () => {
  const name = await file("clean.yml", clean);
  const down = await kongUpgrade(["check", "--from", "3.4.2", "--to", "2.8.5", "--file", name]);
  expect(down.exitCode).toBe(2);
  expect(down.stdout).toMatch(/Path: REFUSED\. .*older than the running 3\.4\.2/u);
});

test("versions alone are answered with the path between them, and never pass as an installation without findings", async () => {
  const { stdout, exitCode } = await kongUpgrade(["check", "--from", "2.8.4.14", "--to", "3.10.0.17"]);
  expect(stdout).toMatch(/^no installation: Kong 2\.8\.4\.14 → 3\.10\.0\.17\n/u);
  expect(stdout).toMatch(/Path: 2 upgrades, 3\.4\.3\.\d+ → 3\.10\.0\.17/u);
  expect(stdout).toContain("nothing was looked at: only the path between the versions is judged");
  expect(exitCode).toBe(2);
});

test("an Admin API that does not tell its version is quoted", async () => {
  await using server = await startAdminServer(() => undefined, { token: { header: "Kong-Admin-Token", value: "x" } });
  const { stderr, exitCode } = await kongUpgrade(["check", "--to", "3.4.2", "--admin", server.url]);
  expect(stderr).toMatch(/nothing tells which version runs now: .*HTTP 401 .*token.*; say it with --from/u);
  expect(exitCode).toBe(2);
});

test("a way of several upgrades is judged hop by hop, and says why none is skipped", async () => {
  const name = await file("kong.yml", old);
  const { stdout } = await kongUpgrade(["check", "--from", "2.8.4.4", "--to", "3.10.0.5", "--file", name]);
  expect(stdout).toMatch(/Path: 2 upgrades, 3\.4\.3\.\d+ → 3\.10\.0\.5/u);
  expect(stdout).toMatch(/Upgrade 1 of 2, 2\.8\.4\.4 → 3\.4\.3\.\d+/u);
  expect(stdout).toMatch(/Upgrade 2 of 2, 3\.4\.3\.\d+ → 3\.10\.0\.5/u);
  expect(stdout).toMatch(/cannot be skipped|cannot go|nothing guarantees/u);
});

test("an Admin API is enough to look, with its token from a variable, and a refused token is no silence", async () => {
  const data: Readonly<Record<string, unknown>> = {
    "/": {
      version: "2.8.5",
      configuration: { database: "postgres", role: "traditional" },
      plugins: { available_on_server: { "key-auth": true } },
    },
    "/status": { database: { reachable: true } },
    "/routes?size=1000": { data: [{ id: "r1", name: "by-id", paths: [String.raw`/orders/\d+`] }], next: null },
  };
  await using server = await startAdminServer(
    (path) =>
      data[path] ?? (path.includes("?") && !path.startsWith("/workspaces") ? { data: [], next: null } : undefined),
    {
      token: { header: "Kong-Admin-Token", value: "sesame" },
    },
  );
  const words = ["check", "--to", "3.4.2", "--admin", server.url, "--token-env", "TOKEN"];
  const allowed = await kongUpgrade(words, { TOKEN: "sesame" });
  expect(allowed.stdout).toContain(String.raw`route by-id (r1)`);
  expect(allowed.stdout).toMatch(/WHAT IS THERE\n {2}version: 2\.8\.5 {2}\(kong: Admin API\)/u);
  expect(allowed.exitCode).toBe(1);
  const refused = await kongUpgrade([...words, "--from", "2.8.5"], { TOKEN: "wrong" });
  expect(refused.exitCode).toBe(2);
  expect(refused.stdout).toContain("admin_api.token");
  expect(`${allowed.stdout}${refused.stdout}`).not.toContain("sesame");
});

const baseValues = `image:
  repository: kong
  tag: "2.8.5"
env:
  database: postgres
ingressController:
  enabled: true
  image: { tag: "2.12" }
podDisruptionBudget:
  enabled: true
`;

test("a value of Helm is shown where it won, and the chart's versions decide what only they can", async () => {
  const base = await file("base.yaml", baseValues);
  const top = await file("prod.yaml", "migrations:\n  preUpgrade: true\n  postUpgrade: true\n");
  const words = ["check", ...hop, "--helm-values", `kong=${base},${top}`, "--format", "json"];
  const { stdout: open } = await kongUpgrade(words);
  const notChecked = reportSchema.parse(JSON.parse(open)).hops[0]?.notChecked ?? [];
  expect(notChecked.find(({ input }) => input === "helm")?.hazards).toContain("chart-220");

  const charts = ["--chart-from", "2.1.0", "--chart-version", "v2.7.3"];
  const { stdout } = await kongUpgrade([...words, ...charts]);
  const [judged] = reportSchema.parse(JSON.parse(stdout)).hops;
  expect(judged?.notChecked.find(({ input }) => input === "helm")).toBeUndefined();
  expect(judged?.findings.map(({ id }) => id).filter((id) => id.startsWith("chart-2"))).toEqual([
    "chart-270",
    "chart-220",
  ]);
  const hooks = judged?.findings.find(({ id }) => id === "30-helm-hooks");
  expect(hooks?.evidence).toContainEqual(
    expect.objectContaining({
      text: expect.stringContaining(
        "Helm release kong: migrations.postUpgrade = true (prod.yaml:3), env.database = postgres (base.yaml:5)",
      ),
      file: "prod.yaml",
      line: 3,
    }),
  );
});

test.each([
  [["--helm-values", "a.yaml,,b.yaml"], /names no file somewhere/u],
  [["--helm-values", "kong="], /names no file somewhere/u],
  [["--helm-values", "a.yaml", "--chart-version", "latest"], /--chart-version cannot be “latest”.*such as 2\.38\.0/u],
])("%j is refused with what to write", async (words, problem) => {
  const { stderr, exitCode } = await kongUpgrade(["check", ...hop, ...words]);
  expect(stderr).toMatch(problem);
  expect(exitCode).toBe(2);
});

const reportSchema = z.object({
  hops: z.array(
    z.object({
      findings: z.array(z.looseObject({ id: z.string(), evidence: z.array(z.unknown()) })),
      notChecked: z.array(z.looseObject({ input: z.string(), hazards: z.array(z.string()) })),
    }),
  ),
});

const rendered = `apiVersion: v1
kind: ConfigMap
metadata: { name: kong-plugin-stamp, namespace: gateway }
data:
  handler.lua: |
    local BasePlugin = require "kong.plugins.base_plugin"
    return BasePlugin:extend()
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    konghq.com/path-handling: v1
spec:
  rules:
  - http:
      paths:
      - path: /users/[0-9]+
        pathType: ImplementationSpecific
      - path: /~/orders/(?!internal)
        pathType: ImplementationSpecific
`;

test("evidence from manifests opens the line of the annotation, of the path and of the Lua in a config map", async () => {
  const manifests = await file("rendered.yaml", rendered);
  const { stdout } = await kongUpgrade(["check", ...hop, "--manifests", manifests, "--format", "json"]);
  const [judged] = reportSchema.parse(JSON.parse(stdout)).hops;
  const placesOf = (id: string): unknown =>
    judged?.findings.filter((finding) => finding.id === id).flatMap(({ evidence }) => evidence);
  expect(placesOf("30-path-handling-v1")).toMatchObject([{ file: manifests, line: 15 }]);
  expect(placesOf("30-ingress-regex")).toMatchObject([{ file: manifests, line: 20 }]);
  expect(placesOf("30-regex-lookaround")).toMatchObject([{ file: manifests, line: 22 }]);
  expect(placesOf("30-base-plugin")).toMatchObject([
    {
      file: manifests,
      line: 6,
      text: 'handler.lua in ConfigMap gateway/kong-plugin-stamp, rendered.yaml:6: local BasePlugin = require "kong.plugins.base_plugin"',
    },
  ]);
});
