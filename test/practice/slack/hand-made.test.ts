import { App, LogLevel } from "@slack/bolt";
import { expect, onTestFinished, test } from "vitest";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { freePort, socketApp } from "./app.ts";
import { type Json, type Stage, buttons, eventually, pick, reasonModal, stage } from "./stage.ts";

const CHANNEL = "C0PRACTCE";
const CAROL = "U0CAROL01";

/** A workspace with an app that keeps what it hears and answers every click in private. */
async function answering(): Promise<{ readonly s: Stage; readonly heard: Json[]; readonly click: Json }> {
  const s = await stage();
  const heard: Json[] = [];
  await socketApp(s, (app) => {
    app.action(/.*/u, async ({ ack, body, client, respond }) => {
      heard.push({ ...body });
      await ack();
      const value = "actions" in body && body.actions[0] !== undefined ? Reflect.get(body.actions[0], "value") : "";
      if (value === "modal" && "trigger_id" in body)
        await client.views.open({ trigger_id: body.trigger_id, view: reasonModal() });
      else if (value === "direct") await client.chat.postMessage({ channel: body.user.id, text: "no, privately" });
      else if (value !== "silent")
        await respond({ response_type: "ephemeral", replace_original: false, text: `no, ${body.user.id}` });
    });
    app.command(/.*/u, async ({ ack, body }) => (heard.push({ ...body }), ack("no")));
    app.view(/.*/u, async ({ ack, body }) => {
      heard.push({ ...body });
      await ack({ response_action: "errors", errors: { why: "no" } });
    });
  });
  const sent = await s.api("chat.postMessage", { channel: CHANNEL, text: "card", blocks: buttons("approve") });
  return { s, heard, click: { user: CAROL, channel: CHANNEL, ts: pick(sent, "ts"), action_id: "approve" } };
}

const forgeries: readonly (readonly [string, Json, Json])[] = [
  ["another team of the person", { "user.team_id": "T0OTHER01" }, { user: { id: CAROL, team_id: "T0OTHER01" } }],
  ["another app", { api_app_id: "A0OTHER01" }, { api_app_id: "A0OTHER01" }],
  ["another team", { "team.id": "T0OTHER01" }, { team: { id: "T0OTHER01", domain: "acme" } }],
  ["another enterprise", { "enterprise.id": "E0OTHER01" }, { enterprise: { id: "E0OTHER01" } }],
  ["no team at all", { team: null }, { team: null }],
  ["another value", { "actions.0.value": "silent" }, { actions: [{ action_id: "approve", value: "silent" }] }],
  [
    "a copy of the card in another channel",
    { "channel.id": "C0LEGACY1", "container.channel_id": "C0LEGACY1" },
    { channel: { id: "C0LEGACY1" }, container: { channel_id: "C0LEGACY1" } },
  ],
  ["a person nobody knows", { "user.id": "U0NOBODY1" }, { user: { id: "U0NOBODY1" } }],
];

test.each(forgeries)("a click with %s is delivered as it was made", async (_, change, shown) => {
  const { s, heard, click } = await answering();
  const report = await s.person("payloads", { action: click, change });
  expect(report).toMatchObject({ delivered: true, answer: null, shown: null, payload: shown });
  expect(heard).toMatchObject([{ type: "block_actions", message: { text: "card" }, ...shown }]);
});

test("the private answer comes back with the report, also for a person nobody knows", async () => {
  const { s, click } = await answering();
  const report = await s.person("payloads", { action: click, change: { "user.id": "U0NOBODY1" }, wait_ms: 5_000 });
  expect(report["response_url"]).toMatchObject([{ status: 200, body: { text: "no, U0NOBODY1" } }]);
  expect(report["ephemerals"]).toMatchObject([{ channel: CHANNEL, text: "no, U0NOBODY1" }]);
  expect(report).toMatchObject({ direct_messages: [], views: [] });
  expect(await s.sees(CAROL)).toMatchObject([{ text: "card" }]);
});

test("direct messages and modals are answers too, and can be asked for later", async () => {
  const { s, click } = await answering();
  const direct = await s.person("payloads", { action: click, change: { "actions.0.value": "direct" } });
  await eventually("the direct message", async () => {
    const { direct_messages: told } = await s.look(`payloads/${pick(direct, "id")}`);
    return Array.isArray(told) && told.length === 1 ? told : undefined;
  });
  const modal = await s.person("payloads", {
    action: click,
    change: { "actions.0.value": "modal" },
    wait_ms: 5_000,
  });
  expect(modal).toMatchObject({ direct_messages: [], views: [{ view: { callback_id: "reason" } }] });
  expect(await s.look("payloads/P0NOWHERE")).toMatchObject({ error: "no_such_payload" });
});

test("an app that says nothing is waited for as long as was asked", async () => {
  const { s, click } = await answering();
  const startedAt = performance.now();
  const report = await s.person("payloads", { action: click, change: { "actions.0.value": "silent" }, wait_ms: 150 });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(150);
  expect(report).toMatchObject({ response_url: [], ephemerals: [], direct_messages: [], views: [] });
});

test("submissions and commands can be changed as well, and members can be taken out", async () => {
  const { s, heard, click } = await answering();
  const modal = await s.person("payloads", { action: click, change: { "actions.0.value": "modal" }, wait_ms: 5_000 });
  const submit = { user: CAROL, view_id: pick(modal, "views.0.id"), values: { why: "because" } };
  expect(
    await s.person("payloads", { submit, change: { "view.private_metadata": "another step" }, remove: ["team"] }),
  ).toMatchObject({ answer: { response_action: "errors" } });
  expect(heard.at(-1)).toMatchObject({ type: "view_submission", view: { private_metadata: "another step" } });
  expect(heard.at(-1)).not.toHaveProperty("team");
  const command = { user: CAROL, channel: CHANNEL, text: "status" };
  expect(await s.person("payloads", { command, change: { team_id: "T0OTHER01" } })).toMatchObject({
    answer: { text: "no" },
  });
  expect(heard.at(-1)).toMatchObject({ command: "/kong-upgrade", text: "status", team_id: "T0OTHER01" });
});

test("a whole payload goes out as it is: the same click a second time, with the same trigger", async () => {
  const { s, heard, click } = await answering();
  const { payload } = await s.person("payloads", { action: click, send: false });
  expect(heard).toEqual([]);
  await s.person("payloads", { payload });
  await s.person("payloads", { payload });
  expect(heard).toHaveLength(2);
  expect(heard[0]).toEqual(heard[1]);
  const change = { "actions.0.value": "silent" };
  await s.person("payloads", { payload, change, remove: ["trigger_id", "response_url", "actions.0.block_id"] });
  expect(heard[2]).not.toHaveProperty("trigger_id");
  expect(heard[2]).not.toHaveProperty("response_url");
  expect(heard[2]).not.toHaveProperty("actions.0.block_id");
});

test("over HTTP the made payload is signed like a real one", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/slack/events`;
  const s = await stage({ appDelivery: { kind: "http", url, signingSecret: CREDENTIALS.signing_secret } });
  const heard: unknown[] = [];
  const app = new App({
    token: CREDENTIALS.bot_token,
    signingSecret: CREDENTIALS.signing_secret,
    logLevel: LogLevel.ERROR,
    convoStore: false,
    clientOptions: { slackApiUrl: s.workspace.slackApiUrl },
  });
  app.action(/.*/u, async ({ ack, body }) => (heard.push(body.user.team_id), ack()));
  await app.start(port);
  onTestFinished(async () => void (await app.stop()));
  const sent = await s.api("chat.postMessage", { channel: CHANNEL, text: "card", blocks: buttons("approve") });
  const action = { user: CAROL, channel: CHANNEL, ts: pick(sent, "ts"), action_id: "approve" };
  expect(await s.person("payloads", { action, change: { "user.team_id": "T0OTHER01" } })).toMatchObject({
    delivered: true,
    shown: null,
  });
  expect(heard).toEqual(["T0OTHER01"]);
});

const nonsense: readonly (readonly [string, Json])[] = [
  ["nothing", {}],
  ["two at once", { payload: {}, command: { user: CAROL, channel: CHANNEL, text: "x" } }],
  ["a path that is none", { payload: {}, change: { "user..id": 1 } }],
  ["an unknown key", { payload: {}, sign: false }],
];

test.each(nonsense)("%s is no payload", async (_, body) => {
  const s = await stage();
  expect(await s.person("payloads", body)).toMatchObject({ status: 400, error: "invalid_body" });
});
