import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { secretsFrom } from "#src/config/secrets.ts";
import { readSettings } from "#src/config/settings.ts";
import { hostExaminations } from "#src/doctor/check-hosts.ts";
import { jobExaminations } from "#src/doctor/check-jobs.ts";
import { siteExaminations } from "#src/doctor/check-site.ts";
import { diagnose } from "#src/doctor/doctor.ts";
import { examine } from "#src/doctor/examine.ts";
import { doctor } from "#src/terminal/doctor.ts";
import { createDatabase } from "#test/support/database.ts";
import { createEnvironment, createFolder } from "#test/src/run/stage.ts";
import { about, verdicts } from "./stage.ts";

async function program(path: string, script: string): Promise<string> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

test("a broken configuration is told with all its mistakes, keys are not made, and what cannot be looked at here is said", async () => {
  await using folder = await createFolder();
  const file = join(folder.path, "kong-upgrade.yml");
  await writeFile(file, "version: 1\nenvironments:\n  prod:\n    channel: nowhere\n    colour: blue\n");
  const dataDir = join(folder.path, "data");
  const variables = {
    KONG_UPGRADE_CONFIG: file,
    KONG_UPGRADE_DATA: dataDir,
    SLACK_BOT_TOKEN: "xoxb-practice-very-secret",
    SLACK_API_URL: "http://127.0.0.1:1/",
    KONG_UPGRADE_PRACTICE: "1",
  };
  const settings = readSettings(variables);
  const findings = await diagnose({ settings, variables, sides: [], environments: [], now: Date.now });

  const mistakes = findings.filter(({ area }) => area === "configuration");
  expect(mistakes.length).toBeGreaterThan(2);
  expect(about(findings, `${file}:4`)).toMatchObject({ verdict: "failed" });
  expect(about(findings, settings.signingKeyFile)).toMatchObject({ verdict: "warning" });
  expect(about(findings, "server")).toMatchObject({ verdict: "not_checked" });
  expect(about(findings, "nodes, tools, secrets")).toMatchObject({ verdict: "not_checked" });

  const { text, status } = await doctor(["--bot", "--json"], settings, variables);
  expect(status).toBe(1);
  expect(JSON.parse(text)).toMatchObject({ kind: "doctor", failed: expect.any(Number) });
  expect(text).not.toContain("very-secret");
  // Whoever asks for the bot's side does not read that all is well where its token is missing.
  const { SLACK_BOT_TOKEN: _, ...without } = variables;
  const asked = { settings: readSettings(without), variables: without, environments: [], now: Date.now } as const;
  expect(about(await diagnose({ ...asked, sides: ["bot"] }), "bot token")).toMatchObject({ verdict: "failed" });
  expect(about(await diagnose({ ...asked, sides: [] }), "bot token")).toMatchObject({ verdict: "not_checked" });
  // Nothing was changed: neither keys nor folders were made.
  await expect(writeFile(join(dataDir, "x"), "")).rejects.toThrow(/ENOENT/u);
});

test("an address with a stray percent sign is told like every other, and a mistake in the runner's own file, too", async () => {
  await using folder = await createFolder();
  const runnerFile = join(folder.path, "runner.yml");
  await writeFile(runnerFile, "version: 1\ntransports: [pigeon]\n");
  const variables = {
    KONG_UPGRADE_CONFIG: join(folder.path, "none.yml"),
    KONG_UPGRADE_DATA: folder.path,
    KONG_UPGRADE_RUNNER_CONFIG: runnerFile,
    DATABASE_URL: "postgres://bot:hush%zzhush@127.0.0.1:1/x",
  };
  const settings = readSettings(variables);
  const findings = await diagnose({ settings, variables, sides: ["runner"], environments: [], now: Date.now });

  expect(about(findings, "server")).toMatchObject({ verdict: "failed" });
  expect(about(findings, runnerFile)).toMatchObject({
    area: "configuration",
    verdict: "failed",
    seen: expect.stringContaining("runner.yml:2"),
  });
  expect(JSON.stringify(findings)).not.toContain("hush%zzhush");
});

test("a secret that is missing is not taken for a missing program or a locked database", async () => {
  await using database = await createDatabase();
  const environment = createEnvironment(database.url);
  const findings = await examine(siteExaminations(environment, secretsFrom({}), Date.now));
  expect(about(findings, "database of practice")).toMatchObject({
    verdict: "failed",
    seen: expect.stringContaining("TEST_DATABASE_PASSWORD is not set"),
    fix: "put that right first",
  });
});

test("a runner's host is looked at: secrets, programs and their versions, Kong, its database, folders", async () => {
  await using database = await createDatabase();
  await using folder = await createFolder();
  const inFolder = (name: string) => join(folder.path, name);
  await mkdir(inFolder("backup"));
  const base = createEnvironment(database.url);
  const [node] = base.nodes;
  if (node === undefined) throw new Error("no node");
  const environment = {
    ...base,
    backupDir: inFolder("backup"),
    nodes: [{ ...node, kong: await program(inFolder("kong"), 'echo "3.4.2"') }],
    tools: { ...base.tools, pgDump: await program(inFolder("old_dump"), 'echo "pg_dump (PostgreSQL) 9.6.24"') },
    hooks: { freeze: { argv: [inFolder("freeze")], timeoutMs: 1_000 } },
    deck: { program: await program(inFolder("deck"), 'echo "decK v1.40.2 (abc)"'), version: "1.28.2" },
  };
  const password = decodeURIComponent(new URL(database.url).password);
  const look = (variables: Readonly<Record<string, string>>) =>
    examine(siteExaminations(environment, secretsFrom(variables), Date.now));

  const findings = await look({ TEST_DATABASE_PASSWORD: password });
  expect(about(findings, "TEST_DATABASE_PASSWORD")).toMatchObject({ verdict: "ok" });
  expect(about(findings, environment.tools.pgDump)).toMatchObject({
    verdict: "failed",
    seen: expect.stringContaining("cannot dump a server of version"),
  });
  expect(about(findings, environment.deck.program)).toMatchObject({ verdict: "warning" });
  expect(about(findings, "hook freeze")).toMatchObject({ verdict: "failed" });
  expect(about(findings, `kong-1: ${environment.nodes[0]?.kong ?? ""}`)).toMatchObject({
    verdict: "ok",
    seen: "3.4.2",
  });
  expect(about(findings, "kong-1: Admin API")).toMatchObject({ verdict: "failed" });
  expect(about(findings, "database of practice")).toMatchObject({ verdict: "ok" });
  expect(verdicts(findings).some((line) => line.includes("kubectl") || line.includes("docker"))).toBe(false);
  expect(findings.find(({ area }) => area === "disk")?.verdict).toMatch(/ok|warning/u);

  const without = await look({});
  expect(about(without, "TEST_DATABASE_PASSWORD")).toMatchObject({
    verdict: "failed",
    fix: "set it where the runner of practice starts",
  });
});

test("places of nodes are reached by their transports, each once, with clock and Kong there, and what is wrong is said with how to fix it", async () => {
  await using folder = await createFolder();
  const inFolder = (name: string) => join(folder.path, name);
  // A client of Docker that runs the shell of `exec -i CONTAINER /bin/sh` here.
  const docker = await program(inFolder("docker"), "exec /bin/sh");
  const broken = await program(inFolder("broken"), 'echo "Error: No such container: kong" >&2; exit 1');
  const strange = await program(inFolder("strange"), 'echo "the daemon is on fire" >&2; exit 1');
  const environment = createEnvironment("postgres://u:p@127.0.0.1:1/x");
  const [node] = environment.nodes;
  if (node === undefined) throw new Error("no node");
  const stateDir = inFolder("state");
  const within = (client: string, container: string, name: string, kong = "/nonexistent/kong") => ({
    ...node,
    name,
    kong,
    transport: { kind: "docker" as const, docker: client, container, stateDir },
  });
  const kong = await program(inFolder("kong"), 'echo "3.4.2"');
  const nodes = [
    within(docker, "kong", "kong-1", kong),
    within(docker, "kong", "kong-2"),
    within(broken, "gone", "kong-3"),
    within(strange, "hot", "kong-4"),
    node,
  ];
  const look = (now: () => number, some = nodes) =>
    examine(
      hostExaminations(environment, some, {
        resolveSecret: secretsFrom({ TEST_DATABASE_PASSWORD: "practice-only" }),
        now,
      }),
    );
  const findings = await look(Date.now);
  expect(verdicts(findings)).toEqual([
    "ok hosts docker exec kong",
    "ok clock this host and docker exec kong",
    `ok kong kong-1: ${kong}`,
    "failed kong kong-2: /nonexistent/kong",
    "failed hosts docker exec gone",
    "not_checked kong kong-3: /nonexistent/kong",
    "failed hosts docker exec hot",
    "not_checked kong kong-4: /nonexistent/kong",
  ]);
  expect(about(findings, `kong-1: ${kong}`).seen).toBe("3.4.2");
  expect(about(findings, "kong-2: /nonexistent/kong")).toMatchObject({
    seen: expect.stringContaining("/nonexistent/kong"),
    fix: expect.stringContaining("correct the node's `kong:`"),
  });
  expect(about(findings, "docker exec gone").seen).toMatch(/No such container: kong.*the container has to run/u);
  expect(about(findings, "docker exec hot")).toMatchObject({
    seen: "docker exec hot gave no answer (the daemon is on fire)",
    fix: expect.any(String),
  });
  // Nothing is left there.
  expect(await readdir(stateDir)).toEqual([]);

  for (const [offMs, words] of [
    [-50_000, /its clock is (\d\d)s ahead/u],
    [50_000, /its clock is (\d\d)s behind/u],
  ] as const) {
    const startedAt = performance.now();
    const apart = await look(() => Date.now() + offMs, nodes.slice(0, 1));
    const tookS = (performance.now() - startedAt) / 1_000;
    const finding = about(apart, "this host and docker exec kong");
    expect(finding).toMatchObject({ verdict: "warning", fix: expect.stringContaining("NTP") });
    // As much as is certain: not the second that is not told, nor the time that the answer was on its way.
    const certain = Number(words.exec(finding.seen)?.[1]);
    expect(certain).toBeGreaterThanOrEqual(Math.floor(49 - tookS));
    expect(certain).toBeLessThanOrEqual(50);
  }
});

test("whether Jobs may be made is asked of the cluster, and what is missing is said", async () => {
  await using folder = await createFolder();
  const kubectl = await program(
    join(folder.path, "kubectl"),
    'case "$*" in *" auth can-i create jobs") echo no; exit 1;; *" auth can-i "*) echo yes;; *) exit 1;; esac',
  );
  const [node] = createEnvironment("postgres://u:p@127.0.0.1:1/x").nodes;
  if (node === undefined) throw new Error("no node");
  const transport = {
    kind: "kubectl",
    kubectl,
    context: "prod",
    namespace: "gateway",
    pod: "deployment/kong",
  } as const;
  const findings = await examine(jobExaminations([{ ...node, transport, job: { image: "kong:{version}" } }]));
  expect(findings.find(({ subject }) => subject === "jobs in gateway of prod")).toMatchObject({
    verdict: "failed",
    seen: expect.stringMatching(/^not allowed: create jobs \(/u),
    fix: expect.stringContaining("kubernetes-jobs.md"),
  });
});

test("whatever a program says, no secret is in the report", async () => {
  await using folder = await createFolder();
  const secret = "hunter2-hunter2";
  const file = join(folder.path, "kong-upgrade.yml");
  const kong = await program(join(folder.path, "kong"), 'echo "cannot log in with $KONG_PG_PASSWORD" >&2; exit 1');
  const environment = `version: 1
environments:
  prod:
    channel: C0PRODKONG
    database: { host: 127.0.0.1, port: 1, password: { env: KONG_PG_PASSWORD } }
    nodes: [{ name: kong-1, kong: ${kong}, admin: "http://127.0.0.1:1", proxy: "http://127.0.0.1:1" }]
    backup_dir: ${folder.path}
    policies: { irreversible: { users: [U0123ERIN, U0123NINA], quorum: 1 } }
`;
  await writeFile(file, environment);
  const variables = { KONG_UPGRADE_CONFIG: file, KONG_UPGRADE_DATA: folder.path, KONG_PG_PASSWORD: secret };
  const { text, status } = await doctor(["--runner"], readSettings(variables), variables);
  expect(status).toBe(1);
  expect(text).toMatch(/FAILED\s+kong: kong-1[\s\S]*cannot log in with\s+\[redacted\]/u);
  expect(text).not.toContain(secret);
  expect(text.split("\n").filter((line) => line.length > 80 && /\S \S/u.test(line.trim()))).toEqual([]);
});
