import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Command, Step } from "#src/plan/step.ts";
import { openRecord } from "#src/record/record.ts";
import type { ActionResult } from "#src/run/actions/action-result.ts";
import { runCommands } from "#src/run/actions/commands.ts";
import type { OutputChunk } from "#src/run/output/chunk-store.ts";
import { createContext } from "#test/src/run/context.ts";
import { createEnvironment, createFolder, createStep, resolverFor, shell } from "#test/src/run/stage.ts";
import { createDatabase } from "#test/support/database.ts";

const nowhere = "postgres://user:password@127.0.0.1:1/none";

async function run(
  commands: readonly Command[],
  changes: Partial<Step> = {},
  isStillOurs = true,
): Promise<ActionResult & { readonly stored: readonly OutputChunk[]; readonly output: string }> {
  await using folder = await createFolder();
  const step = createStep(changes);
  const place = { environment: createEnvironment(nowhere), step, dataDir: folder.path, databaseUrl: nowhere };
  const context = createContext(place, {
    isStillOurs: async () => isStillOurs,
    resolveSecret: resolverFor(nowhere, { WIDE: "s\0e\0s\0a\0m\0e\0" }),
  });
  const result = await runCommands(commands, context);
  await context.output.finish();
  return { ...result, stored: context.stored, output: context.stored.map((chunk) => chunk.text).join("") };
}

test("commands run one after the other and stop at the first that fails", async () => {
  await using folder = await createFolder();
  const { end, commands } = await run([shell("echo one"), shell("exit 4"), shell(`echo x > ${folder.path}/three`)]);
  expect(end).toMatchObject({ kind: "failed", wasStarted: true, reason: expect.stringContaining("exit status 4") });
  expect(commands.map((command) => command.exitCode)).toEqual([0, 4]);
  expect(existsSync(`${folder.path}/three`)).toBe(false);
});

test("the output tells each command before what it printed", async () => {
  const { output } = await run([shell("echo hello; echo 'trouble ahead' >&2")]);
  expect(output).toMatch(/^\[runner\] \$ \/bin\/sh -c echo hello/u);
  expect(output).toContain("hello\n");
  expect(output).toContain("trouble ahead\n");
});

test("a command whose secret cannot be read is not started, and the secret's place is named", async () => {
  await using folder = await createFolder();
  const { end } = await run([shell(`echo x > ${folder.path}/work`, { secrets: { PASSWORD: { env: "NOT_SET" } } })]);
  expect(end).toMatchObject({ kind: "failed", wasStarted: false, reason: expect.stringContaining("NOT_SET") });
  expect(existsSync(`${folder.path}/work`)).toBe(false);
});

test.each<[string, Partial<Command>]>([
  ["a word with a NUL byte", { argv: ["/bin/echo", "a\0b"] }],
  ["a word that is no text", { argv: ["/bin/echo", "a\ud800"] }],
  // As a file has it that was saved as UTF-16.
  ["a secret with NUL bytes", { secrets: { TOKEN: { env: "WIDE" } } }],
])("%s: nothing is started, and no value is told", async (_, changes) => {
  const { end, output } = await run([shell("echo ran", changes)]);
  expect(end).toMatchObject({ kind: "failed", wasStarted: false });
  expect(JSON.stringify(end) + output).not.toContain("s\\x00e");
  expect(JSON.stringify(end)).toMatch(/was not started: (?:a word of the command|the value of its variable)/u);
});

test("a program that is missing after another one has run counts as started", async () => {
  const { end } = await run([shell("true"), { ...shell(""), argv: ["/nonexistent/kong", "migrations", "up"] }]);
  expect(end).toMatchObject({ kind: "failed", wasStarted: true, reason: expect.stringContaining("ENOENT") });
});

test("the time limit is one for all commands of the step", async () => {
  const startedAt = Date.now();
  // Far more than a busy machine needs to start a shell, and less than both together.
  const { end, commands } = await run([shell("sleep 0.2"), shell("sleep 30")], { timeoutMs: 2_000 });
  expect(end).toMatchObject({ kind: "cut_off", isGone: true, reason: expect.stringContaining("did not end within") });
  expect(commands.map((command) => command.timedOut)).toEqual([false, true]);
  expect(Date.now() - startedAt).toBeLessThan(6_000);
});

test("arguments reach the program as they are, without a shell", async () => {
  const words = ["a b", "$HOME", "`id`", "'\"", "*", "--x=\\", "", "ü\n2"];
  const { output } = await run([
    {
      target: "runner",
      argv: [process.execPath, "-p", "JSON.stringify(process.argv.slice(1))", "--", ...words],
      env: {},
      secrets: {},
    },
  ]);
  expect(output).toContain(`${JSON.stringify(words)}\n`);
});

test("200,000 lines pass with flat memory, all of them counted", async () => {
  await using database = await createDatabase();
  const program = fileURLToPath(new URL("../fixtures/flood.ts", import.meta.url));
  const flood = async (lines: number) => {
    const { stdout } = await execa(process.execPath, [program, database.url, String(lines)], { timeout: 150_000 });
    return z.object({ end: z.string(), lines: z.number(), peakKb: z.number() }).parse(JSON.parse(stdout));
  };
  const small = await flood(2_000);
  const large = await flood(200_000);
  // One line of our own tells the command.
  expect(large).toMatchObject({ end: "completed", lines: 200_001 });
  expect(large.peakKb).toBeLessThan(200 * 1_024);
  expect(large.peakKb - small.peakKb).toBeLessThan(80 * 1_024);
  await using record = await openRecord({ url: database.url });
  const [first] = await record.readOutput(
    { upgradeId: "KU-2026-0001", stepId: "work", attempt: 1 },
    { afterSeq: 0, limit: 1 },
  );
  expect(first?.text).toContain("password=[redacted]");
});

test("what a command prints into a file of the runner is not in the record, its complaints are", async () => {
  await using folder = await createFolder();
  const stdoutFile = `${folder.path}/values.yaml`;
  const { end, output } = await run([{ ...shell("echo 'password: hunter2'; echo odd >&2"), stdoutFile }]);
  expect(end).toEqual({ kind: "completed" });
  expect(await readFile(stdoutFile, "utf8")).toBe("password: hunter2\n");
  expect((await stat(stdoutFile)).mode & 0o777).toBe(0o600);
  expect(output.replace(/^.*\$ .*$/mu, "")).not.toContain("hunter2");
  expect(output).toContain("odd\n");
});

test("a runner that was given up leaves alone what somebody else saved meanwhile", async () => {
  await using folder = await createFolder();
  const stdoutFile = `${folder.path}/values.yaml`;
  await writeFile(stdoutFile, "saved\n");
  const { end } = await run([{ ...shell("echo again"), stdoutFile }], {}, false);
  expect(end).toMatchObject({ kind: "failed", wasStarted: false, reason: expect.stringContaining("given up") });
  expect(await readFile(stdoutFile, "utf8")).toBe("saved\n");
});

test("a command whose output cannot be saved is not started", async () => {
  await using folder = await createFolder();
  const stdoutFile = `${folder.path}/missing/values.yaml`;
  const { end } = await run([{ ...shell(`echo x > ${folder.path}/work`), stdoutFile }]);
  expect(end).toMatchObject({ kind: "failed", wasStarted: false, reason: expect.stringContaining("cannot be saved") });
  expect(existsSync(`${folder.path}/work`)).toBe(false);
});
