import { expect, test } from "vitest";
import { startSlackApp } from "#src/slack/app.ts";
import type { SlackSettings } from "#src/slack/settings.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { freePort } from "#test/practice/slack/app.ts";
import { stage } from "#test/practice/slack/stage.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { MemoryLog, MemoryPosts, botOptions, manifestPath, startBot } from "./bot.ts";

const ALICE = "U0ALICE01";
const practiceSettings: SlackSettings = {
  apiUrl: "http://127.0.0.1:1/api/",
  botToken: CREDENTIALS.bot_token,
  delivery: { kind: "socket", appToken: CREDENTIALS.app_token },
  isPractice: true,
};

async function start(settings: SlackSettings): Promise<string> {
  const parts = { desk: new MemoryDesk(), posts: new MemoryPosts(), log: new MemoryLog() };
  const s = await stage({ manifestPath });
  try {
    await using _app = await startSlackApp({ ...botOptions(s, parts), settings });
    return "started";
  } catch (error) {
    return error instanceof Error && "code" in error ? `${String(error.code)}: ${error.message}` : String(error);
  }
}

test.each([
  [
    "an address where nobody listens",
    practiceSettings,
    "slack_unreachable: Slack at http://127.0.0.1:1/api/ cannot be reached",
  ],
  [
    "an address that is not Slack's, without the practice flag",
    { ...practiceSettings, isPractice: false },
    "config_invalid: SLACK_API_URL is http://127.0.0.1:1/api/, which is not Slack",
  ],
  [
    "the practice flag with Slack's own address",
    { ...practiceSettings, apiUrl: undefined },
    "config_invalid: KONG_UPGRADE_PRACTICE=1 is set but SLACK_API_URL is not",
  ],
  [
    "a real-looking token in practice",
    { ...practiceSettings, botToken: "xoxb-123-456-abc" },
    "config_invalid: SLACK_BOT_TOKEN looks like a real credential",
  ],
  [
    "a practice token at Slack",
    { ...practiceSettings, apiUrl: "https://slack.com/api/", isPractice: false },
    "config_invalid: SLACK_BOT_TOKEN is a practice credential",
  ],
  [
    "a token of the wrong kind",
    { ...practiceSettings, apiUrl: undefined, isPractice: false, botToken: "xapp-1" },
    "config_invalid: SLACK_BOT_TOKEN does not begin with xoxb-",
  ],
])("refuses to start with %s, and says what to do", async (_, settings, expected) => {
  expect(await start(settings)).toContain(expected);
});

test("a token that Slack rejects is told apart from a Slack that cannot be reached", async () => {
  const s = await stage({ manifestPath });
  await s.person("faults", { revoke_token: true });
  const parts = { desk: new MemoryDesk(), posts: new MemoryPosts(), log: new MemoryLog() };
  await expect(startSlackApp(botOptions(s, parts))).rejects.toMatchObject({ code: "slack_rejected" });
});

test("two sockets are open, so that one being renewed loses nothing", async () => {
  const bot = await startBot();
  expect(bot.s.workspace.connections()).toBe(2);
});

test("T11: over HTTP signed commands are answered, and wrong, old, future and repeated requests do nothing", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/slack/events`;
  const signingSecret = CREDENTIALS.signing_secret;
  const s = await stage({ manifestPath, appDelivery: { kind: "http", url, signingSecret } });
  const parts = { desk: new MemoryDesk(), posts: new MemoryPosts(), log: new MemoryLog() };
  const options = botOptions(s, parts);
  const settings: SlackSettings = { ...options.settings, delivery: { kind: "http", signingSecret, port } };
  await using _app = await startSlackApp({ ...options, settings });
  const type = (text: string) =>
    s.person("commands", { user: ALICE, channel: "C0PRACTCE", text: `/kong-upgrade ${text}` });
  expect(await type("plan practice --to 3.4.2")).toMatchObject({ delivered: true, shown: null });
  await waitUntil("the upgrade", async () => (await parts.desk.list({ limit: 9 })).length === 1);
  const version = async () => (await parts.desk.find("KU-2026-0001"))?.version;
  const before = await version();
  for (const fault of [{ bad_signature_next: 1 }, { clock_skew_s: -400 }, { clock_skew_s: 400 }]) {
    await s.person("faults", fault);
    expect(await type("note this must not be recorded")).toMatchObject({ answer: null });
    await s.person("faults", { clock_skew_s: 0 });
  }
  await type("note once");
  await waitUntil("the note", async () => (await version()) !== before);
  await s.person("faults", { replay_last: true });
  await type("note twice");
  await waitUntil("the second note", async () =>
    (await parts.desk.events("KU-2026-0001", 0)).some(
      ({ event }) => event.type === "note_added" && event.text === "twice",
    ),
  );
  const notes = (await parts.desk.events("KU-2026-0001", 0)).flatMap(({ event }) =>
    event.type === "note_added" ? [event.text] : [],
  );
  expect(notes).toEqual(["once", "twice"]);
});

test("whatever fails inside, the person is told with a reference, and the log has the cause", async () => {
  const bot = await startBot();
  bot.desk.findOpen = async () => {
    throw new Error("the secret place broke");
  };
  const said = await bot.type(ALICE, "status");
  expect(said).toMatch(/That did not work.*Reference `[0-9a-f]{8}`/u);
  expect(said).not.toContain("secret place");
  const reference = /`([0-9a-f]{8})`/u.exec(said)?.[1] ?? "none";
  const logged = bot.log.lines.find((line) => JSON.stringify(line.context).includes(reference));
  expect(logged).toMatchObject({ level: "error", context: { err: { message: "the secret place broke" } } });
});

test("a mistake is answered in the acknowledgement itself", async () => {
  const bot = await startBot();
  const typed = await bot.s.person("commands", { user: ALICE, channel: "C0PRACTCE", text: "/kong-upgrade pln" });
  expect(typed).toMatchObject({ shown: null, answer: { response_type: "ephemeral" } });
  expect(JSON.stringify(typed["answer"])).toContain("Did you mean");
});
