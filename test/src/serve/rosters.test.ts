import { chmod, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { readRoster } from "#src/serve/rosters.ts";
import { waitUntil } from "#test/support/wait-until.ts";

async function written(text: string | Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "roster-")), "on-call");
  await writeFile(path, text, { mode: 0o644 });
  return path;
}

const fileOf = async (text: string | Uint8Array) =>
  readRoster({ name: "on-call", source: { kind: "file", path: await written(text) } });

const run = (argv: readonly string[], timeoutMs = 5_000) =>
  readRoster({ name: "on-call", source: { kind: "command", argv, timeoutMs } });

test.each([
  ["a JSON array", '["U0CAROL01", "erin@example.com"]\n', ["U0CAROL01", "erin@example.com"]],
  ["lines", "U0CAROL01\r\n\n# this week\nErin@Example.com   # until Monday\n", ["U0CAROL01", "Erin@Example.com"]],
  ["nothing: nobody is on call", "# nobody\n", []],
  ["a byte order mark", "\uFEFFW0CAROL01", ["W0CAROL01"]],
])("a file may hold %s", async (_, text, entries) => {
  expect(await fileOf(text)).toEqual(entries);
});

test.each([
  ["half a JSON array", '["U0CAROL01"', "not an array"],
  ["JSON of something else", '[{"user":"U0CAROL01"}]', "not an array"],
  ["a name", "Carol", "neither a Slack user id nor a directory identity"],
  ["a mention", "<@U0CAROL01>", "neither a Slack user id nor a directory identity"],
  ["an error page", "<html><body>502</body></html>", "neither a Slack user id nor a directory identity"],
  ["bytes that are no text", Uint8Array.from([0, 159, 146, 150]), "neither a Slack user id nor a directory identity"],
  ["501 entries", "U0CAROL01\n".repeat(501), "501 entries"],
  ["more than 64 kB", `${"#".repeat(65_537)}\nU0CAROL01`, "longer than 65536 bytes"],
])("a file with %s is not a roster", async (_, text, problem) => {
  await expect(fileOf(text)).rejects.toThrow(problem);
});

test("what is not there, no file, or writable for everybody is not read", async () => {
  const read = (path: string) => readRoster({ name: "on-call", source: { kind: "file", path } });
  await expect(read("/nowhere/on-call")).rejects.toThrow("ENOENT");
  await expect(read("/tmp")).rejects.toThrow("not a file");
  const path = await written("U0CAROL01");
  await chmod(path, 0o666);
  await expect(read(path)).rejects.toThrow("chmod o-w");
  const pipe = `${path}-pipe`;
  await execa("mkfifo", [pipe]);
  await expect(read(pipe)).rejects.toThrow("not a file");
});

test("a command is run without a shell and without the bot's environment, and its output is read like a file", async () => {
  expect(await run(["/bin/echo", "U0CAROL01"])).toEqual(["U0CAROL01"]);
  expect(await run(["/bin/echo", "-n", "$HOME", "#"]).catch(String)).toContain("neither a Slack user id");
  const names = await run(["/usr/bin/env", "sh", "-c", "env | cut -d= -f1 | tr A-Z a-z | grep -vx '_\\|pwd'"]);
  expect(names.toSorted()).toEqual(["lang", "path"]);
});

test.each([
  ["fails", ["/bin/false"], "ended with status 1"],
  ["is not there", ["/nowhere/on-call"], "could not be run"],
  ["writes too much", ["/bin/sh", "-c", "yes U0CAROL01 | head -c 200000"], "more than 65536 bytes"],
  ["prints what looks like a secret", ["/bin/echo", "xoxb-SECRET"], "entry 1 of roster on-call"],
])("a command that %s leaves the roster unread", async (_, argv, problem) => {
  const said = await run(argv).catch(String);
  expect(said).toContain(problem);
  expect(said).not.toContain("SECRET");
});

test("a command that takes too long is stopped with its children", async () => {
  const file = await written("");
  const script = `echo $$ > ${file}; sleep 30 & sleep 30`;
  const startedAt = performance.now();
  // Far more than a busy machine needs to start a shell, and far less than what it starts would take.
  await expect(run(["/bin/sh", "-c", script], 1_500)).rejects.toThrow("did not end within 1500 ms");
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  const group = -Number(await readFile(file, "utf8"));
  expect(group).toBeLessThan(-1);
  await waitUntil("the end of the group", () => isGone(group));
});

function isGone(group: number): boolean {
  try {
    process.kill(group, 0);
    return false;
  } catch {
    return true;
  }
}
