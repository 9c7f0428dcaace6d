import { afterAll, beforeAll, expect, test } from "vitest";
import { table } from "#commands/table.ts";
import { readSettings } from "#src/config/settings.ts";
import { openRecord } from "#src/record/record.ts";
import { runAtTerminal } from "#src/terminal/run-word.ts";
import { verifyFile } from "#src/terminal/verify-file.ts";
import { createDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { file, inFolder, kongUpgrade, useFolder } from "./command-line.ts";

useFolder();

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  await using _made = await openRecord({ url: database.url });
  await file("small.yml", smallConfig);
});
afterAll(() => database[Symbol.asyncDispose]());

/** Two environments and no more: it is read once for each word. */
const smallConfig = `version: 1
environments:
${["staging", "prod"]
  .map(
    (name, index) => `  ${name}:
    channel: C0DECK00${index}
    topology: dbless
    declarative: { file: /etc/kong/kong.yml, converted: /etc/kong/kong-3.yml }
    backup_dir: /var/backups
    nodes: [{ name: kong-1, role: dbless, admin: "http://10.0.0.${index}:8001", proxy: "http://10.0.0.${index}:8000" }]
    policies: { irreversible: { groups: [S0123SRES] } }
`,
  )
  .join("")}`;

/** Every word of a terminal, each with the options that it needs. */
const words = table
  .filter(({ atTerminal }) => atTerminal)
  .map(({ word, positionals, options }) => ({
    typed: [word, ...(options.some(({ isRequired }) => isRequired) ? ["--reason", "why"] : [])],
    takes: positionals.map(({ kind }) => kind),
  }));
/** A note may hold any word, `--json` too. */
const withoutText = words.filter(({ takes }) => !takes.includes("text"));
const named = withoutText.filter(({ takes }) => takes.includes("target") || takes.includes("environment"));
/** What tells of all environments where none is named. */
const overviews = new Set(["status", "list", "where", "approvals"]);

test.each<[string, readonly (readonly string[])[], string]>([
  ["an option that there is not", withoutText.map(({ typed }) => typed.concat("--no-such")), "usage"],
  ["several targets", withoutText.map(({ typed }) => typed.concat("staging", "prod")), "usage"],
  ["no target", named.map(({ typed }) => typed).filter(([word = ""]) => !overviews.has(word)), "usage"],
  ["an environment that there is not", named.map(({ typed }) => typed.concat("stagin")), "environment_unknown"],
  [
    "a value that is missing, twice there or out of range",
    [
      ["cancel", "staging"],
      ["pause", "staging", "--reason"],
      ["pause", "staging", "--reason", "one", "--reason", "two"],
      ["abort", "staging", "--leave-as-is=yes"],
      ["list", "--limit"],
      ["list", "--limit="],
      ["list", "--limit", "0"],
      ["list", "--limit", "201"],
      ["list", "--limit", "ten"],
      ["list", "--state", "opem"],
    ],
    "usage",
  ],
  ["a word that there is not", [["lisst"], ["help", "lisst"], ["start", "staging"]], "usage"],
])("%s ends every word with 2 and one code for programs", async (_what, mistakes, code) => {
  const settings = readSettings({ DATABASE_URL: database.url, KONG_UPGRADE_CONFIG: inFolder("small.yml") });
  for (const mistake of mistakes) {
    const { text, status } = await runAtTerminal([...mistake, "--json"], settings);
    const said = { mistake, status, data: JSON.parse(text) as unknown };
    const message = expect.stringMatching(/\S/u) as unknown;
    expect(said).toEqual({ mistake, status: 2, data: { kind: "error", code, message } });
    expect(await runAtTerminal(mistake, settings)).toMatchObject({ status: 2, isNo: true });
  }
  expect(mistakes).not.toEqual([]);
});

test.each([
  [["runner", "--environment", "stagin"], "small.yml"],
  // With 1 a check says that it found something; without its configuration it has decided nothing.
  [["check", "staging", "--to", "3.4.2"], "nowhere.yml"],
  [["list", "--limit", "0"], "small.yml"],
])("and nothing of it is on standard output: %j with %s", async (mistake, configuration) => {
  const variables = { DATABASE_URL: database.url, KONG_UPGRADE_CONFIG: inFolder(configuration) };
  const ran = await kongUpgrade(mistake, variables);
  expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
  expect(ran.stderr).toMatch(/\S/u);
});

test("a head that was mistyped is no sign of a record that was changed", async () => {
  const verify = verifyFile(inFolder("small.yml"), { head: "sha256:12", isJson: false });
  await expect(verify).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("--head cannot be") });
});
