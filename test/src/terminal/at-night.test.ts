import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { readSettings } from "#src/config/settings.ts";
import { addMs } from "#src/kernel/instant.ts";
import { openRecord } from "#src/record/record.ts";
import { publicKeyPem, generateKey } from "#src/signing/signing-key.ts";
import { runAtTerminal } from "#src/terminal/run-word.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { createDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { alice, inSlack, sampleFacts } from "#test/support/samples.ts";
import { root } from "#test/support/source-tree.ts";
import { busyUpgrade, must, requestUpgrade, startUpgrade } from "#test/src/record/walk.ts";
import { file, inFolder, kongUpgrade, useFolder } from "./command-line.ts";

useFolder();

let database: TestDatabase;
/** Upgrades of three environments, of which that of `legacy` was aborted. Their ids hold the year. */
let ids: Readonly<Record<"practice" | "edge" | "legacy", UpgradeId>>;

beforeAll(async () => {
  database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const [first] = await busyUpgrade(record);
  if (first === undefined) throw new Error("nothing was recorded");
  const edge = await startUpgrade(record, "edge");
  const aborted = await startUpgrade(record, "legacy");
  const by = { kind: "terminal", account: "root", host: "ops-1" } as const;
  await must(record, aborted.id, { intent: "abort", reason: "wrong week", leaveAsIs: false, by });
  ids = { practice: first.upgradeId, edge: edge.id, legacy: aborted.id };
  await using _life = await record.registerRunner({
    id: "r1",
    environments: ["practice"],
    labels: { zone: "eu" },
    host: "near-kong",
    pid: 1,
    version: "0.1.0",
  });
});
afterAll(() => database[Symbol.asyncDispose]());

const config = `${root}/kong-upgrade.example.yml`;
const settings = () => readSettings({ DATABASE_URL: database.url, KONG_UPGRADE_CONFIG: config });
const run = (...words: readonly string[]) => runAtTerminal(words, settings());
const asData = async (...words: readonly string[]) => {
  const { text, status } = await run(...words, "--json");
  const data: unknown = JSON.parse(text);
  return { status, data: z.looseObject({ kind: z.string() }).parse(data) };
};

test("list, show and runners tell in 80 columns and in plain text what is going on", async () => {
  const list = await run("list");
  expect(list.status).toBe(0);
  expect(list.text).toMatch(
    new RegExp(String.raw`${ids.legacy} · legacy: .*\n[^\n]*Aborted by root at ops-1: wrong week`, "u"),
  );
  expect(list.text).toMatch(
    new RegExp(String.raw`${ids.practice} · practice: 2\.8\.5 → 3\.4\.2[\s\S]*Who must act: `, "u"),
  );
  expect((await run("list", "--state", "closed", "--limit", "1")).text).not.toContain(ids.practice);
  expect((await run("list", "--state", "waiting")).text).not.toContain(ids.legacy);

  const { text } = await run("show", ids.practice.toLowerCase());
  for (const part of ["Way back:", "Who must act:", "Point of no return:", "[x] 1. ", "Last events (UTC):"])
    expect(text).toContain(part);
  expect(text).toMatch(/\n\d+ {2}\S+Z {2}step finished: [a-z-]+ {2}/u);
  const wide = text.split("\n").filter((line) => line.length > 80 && line.trim().includes(" "));
  expect(wide).toEqual([]);
  expect(text).not.toMatch(/[<*`]|&amp;|\/kong-upgrade (?:show|status|record)/u);

  expect((await run("runners")).text).toMatch(
    /r1 gone, last seen .* · on near-kong · 0\.1\.0 · zone=eu ·\s+serves practice/u,
  );
});

test("each answer is one line of JSON where that is asked for, in the shape that docs/terminal.md tells", async () => {
  expect(await asData("status")).toMatchObject({ status: 0, data: { kind: "status" } });
  expect(await asData("list", "--limit", "1")).toMatchObject({
    data: { kind: "list", isCut: true, upgrades: [{ id: ids.legacy, outcome: "aborted", waitsFor: null }] },
  });
  const shown = await asData("show", ids.practice);
  expect(shown.data).toMatchObject({
    kind: "upgrade",
    upgrade: { id: ids.practice, status: "active", from: "2.8.5", to: "3.4.2", requestedBy: "u0alice01 (U0ALICE01)" },
    steps: expect.arrayContaining([expect.objectContaining({ number: 1, state: "done", attempt: 1 })]),
    events: expect.arrayContaining([expect.objectContaining({ type: "step_finished", trace: null })]),
  });
  expect(await asData("runners")).toMatchObject({ data: { kind: "runners", runners: [{ id: "r1", isAlive: false }] } });
});

test("whoever pauses is named by account and host, with the reason exactly as it was given", async () => {
  const reason = `it's "hot" --json\n<!channel> \u001B[31m`;
  const paused = await asData("pause", ids.edge, `--reason=${reason}`);
  expect(paused).toMatchObject({ status: 0, data: { kind: "accepted", upgrade: { flow: "paused" } } });

  await using record = await openRecord({ url: database.url });
  const { event, actor } = (await record.events(ids.edge, 0)).at(-1) ?? {};
  expect(event).toMatchObject({ type: "upgrade_paused", reason, by: { kind: "terminal" } });
  expect(actor).toMatchObject({ kind: "terminal", account: expect.any(String), host: expect.any(String) });
  expect((await run("show", ids.edge)).text).not.toContain("\u001B");
  expect(await asData("pause", ids.edge)).toMatchObject({
    status: 1,
    data: { kind: "refused", code: "already_done" },
  });
});

test.each([
  [["approve", "KU-2026-0001"], 1, /Nobody approves at a terminal/u],
  [["start", "KU-2026-0001"], 2, /is asked for in Slack/u],
  [["lisst"], 2, /Did you mean “list”\?/u],
  [["list", "--state", "opem"], 2, /Did you mean open\?|cannot be/u],
  [["show", "KU-2026-0099"], 1, /There is no upgrade KU-2026-0099/u],
  [["note", "hello"], 2, /^Name an environment/u],
  [["pause"], 2, /^Name an environment, or an upgrade such as KU-2026-0007\.\nKnown environments: prod, /u],
])("says no, and why: %j", async (words, status, expected) => {
  const said = await run(...words);
  expect(said).toMatchObject({ status, isNo: true });
  expect(said.text).toMatch(expected);
});

test("a database that does not answer is said in words and in JSON", async () => {
  const nowhere = { DATABASE_URL: "postgres://bot:s3cret@127.0.0.1:1/x", KONG_UPGRADE_CONFIG: config };
  const { text, status } = await runAtTerminal(["status", "--json"], readSettings(nowhere));
  expect(JSON.parse(text)).toMatchObject({ kind: "error", code: "database_unreachable" });
  expect(status).toBe(1);

  const ran = await kongUpgrade(["status"], nowhere);
  expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
  expect(ran.stderr).toMatch(/PostgreSQL, where the record lies, does not answer/u);
  expect(ran.stderr).not.toMatch(/s3cret|\n\s+at /u);
});

test("what somebody does at a terminal has an id of its own, by which the lines of runners are found", async () => {
  const eventsOf = async () =>
    z
      .array(z.looseObject({ type: z.string(), trace: z.string().nullable() }))
      .parse((await asData("show", ids.edge)).data["events"]);
  await run("note", ids.edge, "calling", "the", "network", "team");
  await run("note", ids.edge, "they", "come");
  const noted = (await eventsOf()).slice(-2);
  expect(noted.map(({ type, trace }) => `${type} ${trace?.replaceAll(/[0-9a-f]/gu, "x")}`)).toEqual([
    `note_added ${"x".repeat(32)}`,
    `note_added ${"x".repeat(32)}`,
  ]);
  expect(noted[0]?.trace).not.toBe(noted[1]?.trace);
});

test("a reader that goes before it was told everything is no error", async () => {
  const words = ["src/main.ts", "list"];
  const env = { DATABASE_URL: database.url, KONG_UPGRADE_CONFIG: config };
  const child = spawn(process.execPath, words, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  // Long before the program has loaded.
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([readAll(child.stderr), once(child, "exit")]);
  expect({ said, code }).toEqual({ said: "", code: 0 });
});

test.each([
  [["status", "--json"], { LOG_LEVEL: "loud" }, 1, "config_invalid"],
  [["doctor", "--jason", "--json"], {}, 2, "usage"],
  [["verify", "none.json", "--json"], {}, 2, "usage"],
  [["verify", "plain.json", "--key", "none.pem", "--json"], {}, 2, "usage"],
])("what is wrong is one line of JSON where that is asked for: %j", async (words, variables, exitCode, code) => {
  await file("plain.json", "{}");
  const { stdout, ...ran } = await kongUpgrade(words, variables);
  expect(ran).toMatchObject({ exitCode });
  expect(JSON.parse(stdout)).toMatchObject({ kind: "error", code });
  expect(ran.stderr).not.toMatch(/by a bug/u);
});

test("a file is verified for programs, too", async () => {
  const { exitCode, stdout } = await kongUpgrade(["verify", await file("plain.json", "{}"), "--json"]);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ kind: "verification", id: null, isWhole: false });
});

test.each([
  ["{", "this is no JSON; was the file cut off?"],
  ["[]", "this is no change record that this version knows (the file: Invalid input: expected object, received array)"],
])("a file with %s is no record, in one line", async (text, problem) => {
  const { stdout } = await kongUpgrade(["verify", await file("odd.json", text), "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ kind: "verification", problem });
});

test("a record that cannot be written is no bug: it is said where and what to do", async () => {
  const keys = await file("keys.pem", publicKeyPem(generateKey().publicKey));
  await mkdir(inFolder(`${ids.legacy}.json`));
  const variables = { DATABASE_URL: database.url, KONG_UPGRADE_CONFIG: config, KONG_UPGRADE_PUBLIC_KEYS: keys };
  const ran = await kongUpgrade(["record", ids.legacy], variables);
  expect(ran.stderr).toContain(`${ids.legacy}.json cannot be written (EISDIR`);
  expect(ran.stderr).not.toMatch(/by a bug/u);
});

test.each([
  [["help"], /usage: kong-upgrade <word>/u],
  [["help", "pause"], /stop before the next step/u],
  [["pause", "--help"], /stop before the next step/u],
  [["doctor", "-h"], /usage: kong-upgrade <word>/u],
])("help needs neither a database nor a configuration: %j", async (words, expected) => {
  const { exitCode, stdout } = await kongUpgrade(words);
  expect(stdout).toMatch(expected);
  expect(exitCode).toBe(0);
});

test("what starts by itself waits for nobody, and a terminal cuts no list without saying so", async () => {
  await using own = await createDatabase();
  await using record = await openRecord({ url: own.url });
  const { id } = await requestUpgrade(record, "staging");
  await must(record, id, { intent: "report_survey", facts: sampleFacts() });
  const at = addMs(await record.now(), 3_600_000);
  await must(record, id, { intent: "schedule_start", at, timeZone: "UTC", by: inSlack(alice) });
  const ownSettings = readSettings({ DATABASE_URL: own.url, KONG_UPGRADE_CONFIG: config });
  const tell = async (...words: readonly string[]) => (await runAtTerminal(words, ownSettings)).text;

  expect(await tell("list", "staging")).toContain(id);
  expect(await tell("list", "staging", "--state", "waiting")).not.toContain(id);
  expect(JSON.parse(await tell("status", "--json"))).toMatchObject({ kind: "status", isCut: false });
});

test.each([
  [["runner", "practice"], /did you mean --environment practice\?/u],
  [["serve", "now"], /does not understand “now”/u],
])("a word that would be overlooked is a mistake: %j", async (words, expected) => {
  const ran = await kongUpgrade(words, { DATABASE_URL: "postgres://127.0.0.1:1/x", KONG_UPGRADE_CONFIG: config });
  expect(ran.stderr).toMatch(expected);
  expect(ran.exitCode).toBe(2);
});

test("without its packages the program says so, and not where it broke", async () => {
  await mkdir(inFolder("bin"));
  await copyFile(`${root}/bin/kong-upgrade.js`, inFolder("bin", "kong-upgrade.mjs"));
  const ran = await execa(process.execPath, [inFolder("bin", "kong-upgrade.mjs"), "status"], { reject: false });
  expect(ran).toMatchObject({ exitCode: 1, stdout: "" });
  expect(ran.stderr).toBe("kong-upgrade: its packages are not installed; run `npm ci` in its folder first");
});
