import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorkspace } from "#practice/slack/server.ts";
import type { Workspace } from "#practice/slack/server.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { generateKeyPairSync } from "node:crypto";
import { createDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { runKongUpgrade } from "./support/terminal.ts";
import type { Ended } from "./support/terminal.ts";

const projectRoot = join(import.meta.dirname, "..", "..");
const exampleConfig = join(projectRoot, "kong-upgrade.example.yml");

let folder: string;
let database: TestDatabase;
let workspace: Workspace;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kong-upgrade-cannot-start-"));
  database = await createDatabase();
  workspace = await startWorkspace({
    port: 0,
    dataDir: join(folder, "slack"),
    manifestPath: join(projectRoot, "manifest.yml"),
    appDelivery: { kind: "socket" },
  });
});
afterAll(async () => {
  await workspace.stop();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

type Variables = Readonly<Record<string, string>>;

/** A surrounding in which `serve` would start; each test spoils one thing. */
function sound(changes: Variables = {}): Variables {
  return {
    DATABASE_URL: database.url,
    KONG_UPGRADE_CONFIG: exampleConfig,
    KONG_UPGRADE_DATA: join(folder, "data"),
    KONG_UPGRADE_PRACTICE: "1",
    SLACK_API_URL: workspace.slackApiUrl,
    SLACK_BOT_TOKEN: CREDENTIALS.bot_token,
    SLACK_APP_TOKEN: CREDENTIALS.app_token,
    ...changes,
  };
}

/** The same for a runner, which holds nothing of Slack. */
function soundFor(word: string, changes: Variables = {}): Variables {
  return sound(word === "runner" ? { SLACK_BOT_TOKEN: "", SLACK_APP_TOKEN: "", ...changes } : changes);
}

/** One message for people on stderr, and nothing that only a programmer can read. */
function complaintOf({ status, stderr, stdout }: Ended, expected: 1 | 2 = 1): string {
  expect(status).toBe(expected);
  expect(stdout).toBe("");
  expect(stderr).not.toMatch(/^\s+at /mu);
  expect(stderr).not.toMatch(/ended by a bug|unhandled/u);
  const [complaint, ...more] = stderr.split("\n").filter((line) => line.startsWith("kong-upgrade: "));
  expect(more).toEqual([]);
  return stderr.slice(stderr.indexOf(complaint ?? "no complaint"));
}

const brokenConfig = `version: 1
environments:
  prod:
    channel: general
    nodes:
      - name: kong-1
        kong: kong
        conf: /etc/kong/kong.conf
        prefix: /usr/local/kong
        admin: not an address
        proxy: http://127.0.0.1:8000
    database: { host: db, port: 5432000, name: kong, user: kong }
    backup_dir: /var/backups
    colour: blue
`;

describe.each(["serve", "runner"])("%s does not start, and says why in one message,", (word) => {
  test("without a configuration file", async () => {
    const file = join(folder, "nowhere.yml");
    const complaint = complaintOf(await runKongUpgrade([word], soundFor(word, { KONG_UPGRADE_CONFIG: file })));
    expect(complaint).toBe(
      `kong-upgrade: cannot read ${file}; write one (kong-upgrade.example.yml shows every key) or set KONG_UPGRADE_CONFIG`,
    );
  });

  test("with a malformed one: every mistake at once, with line and path", async () => {
    const file = join(folder, `broken-${word}.yml`);
    await writeFile(file, brokenConfig);
    const complaint = complaintOf(await runKongUpgrade([word], soundFor(word, { KONG_UPGRADE_CONFIG: file })));
    expect(complaint).toMatch(/^kong-upgrade: the configuration has \d+ mistakes:\n/u);
    for (const [line, path] of [
      [4, "environments.prod.channel"],
      [10, "environments.prod.nodes.0.admin"],
      [12, "environments.prod.database.port"],
      [14, "environments.prod.colour"],
    ] as const) {
      expect(complaint).toContain(`${file}:${line}  ${path}: `);
    }
  });

  test("with a file that is no YAML", async () => {
    const file = join(folder, `no-yaml-${word}.yml`);
    await writeFile(file, "version: 1\nenvironments:\n  prod: [\n");
    const complaint = complaintOf(await runKongUpgrade([word], soundFor(word, { KONG_UPGRADE_CONFIG: file })));
    expect(complaint).toMatch(/no-yaml-\w+\.yml:\d+ {2}not YAML: /u);
  });

  test("when PostgreSQL is not reachable", async () => {
    const DATABASE_URL = "postgres://kong_upgrade:a-password@127.0.0.1:1/kong_upgrade";
    const complaint = complaintOf(await runKongUpgrade([word], soundFor(word, { DATABASE_URL })));
    expect(complaint).toMatch(/PostgreSQL|database/u);
    expect(complaint).toMatch(/DATABASE_URL|check /u);
    expect(complaint).not.toContain("a-password");
  });
});

describe("serve does not start, and says why in one message,", { shuffle: false }, () => {
  test.each<[string, Variables, RegExp]>([
    [
      "when Slack is not reachable",
      { SLACK_API_URL: "http://127.0.0.1:1/api/" },
      /Slack at http:\/\/127\.0\.0\.1:1\/api\/ cannot be reached: .*; check network/u,
    ],
    [
      "when Slack rejects the bot token",
      { SLACK_BOT_TOKEN: "xoxb-practice-of-yesterday" },
      /rejects the bot token: invalid_auth; install the app/u,
    ],
    [
      "when Slack rejects the app token",
      { SLACK_APP_TOKEN: "xapp-practice-of-yesterday" },
      /rejects the app token: .*connections:write/u,
    ],
    ["without a bot token", { SLACK_BOT_TOKEN: "" }, /SLACK_BOT_TOKEN is not set.*npm run practice/u],
    [
      "without an app token or a signing secret",
      { SLACK_APP_TOKEN: "" },
      /set SLACK_APP_TOKEN \(Socket Mode\) or SLACK_SIGNING_SECRET \(HTTP\)/u,
    ],
    [
      "with an address that is not Slack's and no practice flag",
      { KONG_UPGRADE_PRACTICE: "" },
      /which is not Slack; unset it, or set KONG_UPGRADE_PRACTICE=1/u,
    ],
    [
      "with the practice flag and Slack's own address",
      { SLACK_API_URL: "" },
      /KONG_UPGRADE_PRACTICE=1 is set but SLACK_API_URL is not/u,
    ],
    [
      "with a bot token that looks real in practice",
      { SLACK_BOT_TOKEN: "xoxb-12-34-realistic" },
      /SLACK_BOT_TOKEN looks like a real credential.*use the practice credentials/u,
    ],
    [
      "with an app token that looks real in practice",
      { SLACK_APP_TOKEN: "xapp-1-A0-realistic" },
      /SLACK_APP_TOKEN looks like a real credential/u,
    ],
  ])("%s", async (_, changes, pattern) => {
    const complaint = complaintOf(await runKongUpgrade(["serve"], sound(changes)));
    expect(complaint).toMatch(pattern);
    expect(complaint).not.toContain("realistic");
  });

  test("with a signing key that others can read", async () => {
    const data = join(folder, "open-key");
    await mkdir(data);
    const file = join(data, "signing-key.pem");
    await writeFile(file, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
    await chmod(file, 0o644);
    const complaint = complaintOf(await runKongUpgrade(["serve"], sound({ KONG_UPGRADE_DATA: data })));
    expect(complaint).toContain(
      `the signing key ${file} cannot be used: others than its owner can open it (mode 644); run chmod 600 on it`,
    );
  });
});

describe("runner does not start, and says why in one message,", () => {
  test("for an environment that the configuration does not have", async () => {
    const complaint = complaintOf(await runKongUpgrade(["runner", "--environment", "moon"], soundFor("runner")), 2);
    expect(complaint).toMatch(/has no environment moon; it has /u);
  });

  test("T37: with a secret of the Slack side in its environment", async () => {
    const complaint = complaintOf(await runKongUpgrade(["runner", "--environment", "staging"], sound()));
    expect(complaint).toMatch(
      /a runner holds no secret of the Slack side, but SLACK_APP_TOKEN, SLACK_BOT_TOKEN are set/u,
    );
    expect(complaint).not.toContain(CREDENTIALS.bot_token);
  });
});
