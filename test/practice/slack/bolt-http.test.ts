import { App, LogLevel } from "@slack/bolt";
import { expect, onTestFinished, test } from "vitest";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { freePort } from "./app.ts";
import { type Stage, eventually, stage } from "./stage.ts";

const COMMAND = { user: "U0ALICE01", channel: "C0PRACTCE", text: "status" };

async function httpStage(register: (app: App) => void): Promise<Stage> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/slack/events`;
  const s = await stage({ appDelivery: { kind: "http", url, signingSecret: CREDENTIALS.signing_secret } });
  const app = new App({
    token: CREDENTIALS.bot_token,
    signingSecret: CREDENTIALS.signing_secret,
    logLevel: LogLevel.ERROR,
    logger: { ...silent, getLevel: () => LogLevel.ERROR },
    convoStore: false,
    clientOptions: { slackApiUrl: s.workspace.slackApiUrl },
  });
  register(app);
  await app.start(port);
  onTestFinished(async () => {
    await app.stop();
  });
  return s;
}

const nothing = (): void => {};
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing, setLevel: nothing, setName: nothing };

test("signed commands and events are taken by Bolt's own check", async () => {
  const heard: string[] = [];
  const s = await httpStage((app) => {
    app.command("/kong-upgrade", async ({ ack, command }) => {
      heard.push(command.text);
      await ack({ text: "all is well" });
    });
    app.event("app_home_opened", async ({ event }) => {
      heard.push(event.user);
    });
  });
  expect(await s.person("commands", COMMAND)).toMatchObject({ delivered: true, answer: { text: "all is well" } });
  await s.person("home", { user: "U0BOB0001" });
  await eventually("the event", () => (heard.length === 2 ? true : undefined));
  expect(heard).toEqual(["status", "U0BOB0001"]);
});

test("a wrong signature, an old clock and an unknown command are refused by Bolt and shown as failures", async () => {
  const s = await httpStage((app) => {
    app.command("/kong-upgrade", async ({ ack }) => ack());
  });
  await s.person("faults", { bad_signature_next: 1 });
  expect(await s.person("commands", COMMAND)).toMatchObject({ error: "http_status_401" });
  expect(await s.person("commands", COMMAND)).toMatchObject({ shown: null });
  await s.person("faults", { clock_skew_s: -400 });
  const late = await s.person("commands", COMMAND);
  expect(late).toMatchObject({ error: "http_status_401" });
  expect(late["shown"]).toContain("failed because the app did not respond");
});

test("a replayed request has the same signature and reaches the app again", async () => {
  let heard = 0;
  const s = await httpStage((app) => {
    app.command("/kong-upgrade", async ({ ack }) => {
      heard += 1;
      await ack();
    });
  });
  await s.person("commands", COMMAND);
  expect(await s.person("faults", { replay_last: true })).toMatchObject({ replayed: true });
  await eventually("the replay", () => (heard === 2 ? true : undefined));
  expect(heard).toBe(2);
});

test("an address where nobody listens is a failed dispatch", async () => {
  const url = `http://127.0.0.1:${await freePort()}/slack/events`;
  const s = await stage({ appDelivery: { kind: "http", url, signingSecret: "x" } });
  expect(await s.person("commands", COMMAND)).toMatchObject({ delivered: false, error: "dispatch_failed" });
});
