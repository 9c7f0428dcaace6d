import type { App } from "@slack/bolt";
import { expect, test } from "vitest";
import type { WorkspaceOptions } from "#practice/slack/server.ts";
import { socketApp } from "./app.ts";
import { type Clock, type Json, type Stage, buttons, eventually, pick, reasonModal, stage } from "./stage.ts";

const CHANNEL = "C0PRACTCE";
const BOB = "U0BOB0001";

type Heard = { readonly bodies: Json[]; readonly stage: Stage };

/** A workspace with an app that acknowledges everything and keeps what it heard. */
async function listening(options: Partial<WorkspaceOptions> = {}): Promise<Heard> {
  const s = await stage(options);
  const bodies: Json[] = [];
  const keep = (body: object): void => void bodies.push({ ...body });
  await socketApp(s, (app: App) => {
    app.command(/.*/u, async ({ ack, body }) => (keep(body), ack()));
    app.action(/.*/u, async ({ ack, body }) => (keep(body), ack()));
    app.shortcut(/.*/u, async ({ ack, body }) => (keep(body), ack()));
    app.view({ type: "view_closed", callback_id: /.*/u }, async ({ ack, body }) => (keep(body), ack()));
    app.options(/.*/u, async ({ ack, body }) => {
      keep(body);
      await ack({ options: [{ text: { type: "plain_text", text: "3.4.2" }, value: "3.4.2" }] });
    });
  });
  return { bodies, stage: s };
}

function option(value: string): Json {
  return { text: { type: "plain_text", text: value }, value };
}

async function card(s: Stage, args: Json = {}): Promise<string> {
  return pick(
    await s.api("chat.postMessage", { channel: CHANNEL, text: "card", blocks: buttons("approve", "reject"), ...args }),
    "ts",
  );
}

test("a click carries who, where, the message and the value", async () => {
  const { bodies, stage: s } = await listening();
  const ts = await card(s);
  expect(await s.person("actions", { user: BOB, channel: CHANNEL, ts, action_id: "approve" })).toMatchObject({
    delivered: true,
  });
  expect(bodies).toMatchObject([
    {
      type: "block_actions",
      user: { id: BOB, team_id: "T0ACME001" },
      team: { id: "T0ACME001" },
      api_app_id: "A0KONGUP1",
      container: { type: "message", message_ts: ts, channel_id: CHANNEL, is_ephemeral: false },
      channel: { id: CHANNEL, name: "kong-practice" },
      message: { ts, text: "card" },
      state: { values: {} },
      actions: [{ action_id: "approve", block_id: "decide", value: "value of approve", type: "button" }],
    },
  ]);
});

test("a button that is gone cannot be clicked, except by a client that has not refreshed", async () => {
  const { bodies, stage: s } = await listening();
  const ts = await card(s);
  await s.api("chat.update", { channel: CHANNEL, ts, text: "decided" });
  const click = { user: BOB, channel: CHANNEL, ts, action_id: "approve" };
  expect(await s.person("actions", click)).toMatchObject({ status: 409, error: "no_such_button" });
  expect(bodies).toEqual([]);
  expect(await s.person("actions", { ...click, stale: true })).toMatchObject({ delivered: true });
  expect(bodies).toMatchObject([{ actions: [{ value: "value of approve" }] }]);
  await s.api("chat.delete", { channel: CHANNEL, ts });
  expect(await s.person("actions", { ...click, stale: true })).toMatchObject({ delivered: true });
});

test("an external person clicks with their own team while the payload's team is ours, and has no commands", async () => {
  const { bodies, stage: s } = await listening();
  const ts = await card(s, { channel: "C0SHARED1" });
  await s.person("actions", { user: "U0EVE0X01", channel: "C0SHARED1", ts, action_id: "approve" });
  expect(bodies).toMatchObject([{ user: { id: "U0EVE0X01", team_id: "T0OTHER01" }, team: { id: "T0ACME001" } }]);
  const command = await s.person("commands", { user: "U0EVE0X01", channel: "C0SHARED1", text: "/kong-upgrade status" });
  expect(command).toMatchObject({ delivered: false, error: "invalid_command" });
});

const strangers = [
  { who: "a deactivated person", user: "U0DORA001", channel: CHANNEL, status: 403, error: "account_inactive" },
  { who: "somebody outside the channel", user: "U0EVE0X01", channel: CHANNEL, status: 403, error: "not_in_channel" },
  { who: "a guest in another channel", user: "U0GUEST01", channel: "C0LEGACY1", status: 403, error: "not_in_channel" },
  { who: "an unknown person", user: "U0NOBODY1", channel: CHANNEL, status: 404, error: "user_not_found" },
  { who: "somebody in an unknown channel", user: BOB, channel: "C0NOWHERE", status: 404, error: "channel_not_found" },
] as const;

test.each(strangers)("$who can do nothing there", async ({ channel, error, status, user }) => {
  const { bodies, stage: s } = await listening();
  const ts = await card(s);
  const place = { user, channel };
  expect(await s.person("actions", { ...place, ts, action_id: "approve" })).toMatchObject({ status, error });
  expect(await s.person("commands", { ...place, text: "status" })).toMatchObject({ status, error });
  expect(await s.person("messages", { ...place, text: "hello" })).toMatchObject({ status, error });
  expect(bodies).toEqual([]);
});

test("a trigger works once and for three seconds", async () => {
  const clock: Clock = { nowMs: 1_795_000_000_000 };
  const { bodies, stage: s } = await listening({ now: () => clock.nowMs });
  const ts = await card(s);
  const trigger = async (): Promise<string> => {
    await s.person("actions", { user: BOB, channel: CHANNEL, ts, action_id: "approve" });
    return pick(bodies.at(-1), "trigger_id");
  };
  const first = await trigger();
  expect(await s.api("views.open", { trigger_id: first, view: reasonModal() })).toMatchObject({ ok: true });
  expect(await s.api("views.open", { trigger_id: first, view: reasonModal() })).toMatchObject({
    error: "exchanged_trigger_id",
  });
  const second = await trigger();
  clock.nowMs += 3_001;
  expect(await s.api("views.open", { trigger_id: second, view: reasonModal() })).toMatchObject({
    error: "expired_trigger_id",
  });
});

async function answerTo(url: string, body: Json): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

test("a response_url answers five times and then no more", async () => {
  const { bodies, stage: s } = await listening();
  await s.person("commands", { user: BOB, channel: CHANNEL, text: "status" });
  const url = pick(bodies[0], "response_url");
  for (let i = 0; i < 5; i += 1) expect((await answerTo(url, { text: `answer ${i}` })).status).toBe(200);
  expect((await answerTo(url, { text: "a sixth" })).status).toBe(404);
  expect(await s.sees(BOB)).toHaveLength(5);
  expect(await s.sees("U0ALICE01")).toEqual([]);
});

test("a response_url ends after thirty minutes", async () => {
  const clock: Clock = { nowMs: 1_795_000_000_000 };
  const { bodies, stage: s } = await listening({ now: () => clock.nowMs });
  await s.person("commands", { user: BOB, channel: CHANNEL, text: "status" });
  clock.nowMs += 30 * 60_000 + 1;
  const late = await answerTo(pick(bodies[0], "response_url"), { text: "late" });
  expect([late.status, await late.json()]).toEqual([404, { ok: false, error: "expired_url" }]);
});

test("an ephemeral is seen by its person only, is changed only by response_url, and is gone after a reload", async () => {
  const { bodies, stage: s } = await listening();
  const sent = await s.api("chat.postEphemeral", {
    channel: CHANNEL,
    user: BOB,
    text: "for you",
    blocks: buttons("ok"),
  });
  const ts = pick(sent, "message_ts");
  expect(await s.sees(BOB)).toMatchObject([{ text: "for you", is_ephemeral: true }]);
  expect(await s.sees("U0ALICE01")).toEqual([]);
  expect(await s.api("chat.update", { channel: CHANNEL, ts, text: "x" })).toMatchObject({ error: "message_not_found" });
  const foreign = { user: "U0ALICE01", channel: CHANNEL, ts, action_id: "ok" };
  expect(await s.person("actions", foreign)).toMatchObject({ error: "no_such_button" });
  await s.person("actions", { ...foreign, user: BOB });
  expect(bodies).toMatchObject([{ container: { is_ephemeral: true } }]);
  expect(bodies[0]?.["message"]).not.toHaveProperty("blocks");
  await answerTo(pick(bodies[0], "response_url"), { replace_original: true, text: "thanks" });
  expect(await s.sees(BOB)).toMatchObject([{ text: "thanks", ts }]);
  expect(await s.person("reload", { user: BOB })).toMatchObject({ dropped: 1 });
  expect(await s.sees(BOB)).toEqual([]);
});

test("a response_url of a channel message edits or deletes it", async () => {
  const { bodies, stage: s } = await listening();
  const ts = await card(s);
  await s.person("actions", { user: BOB, channel: CHANNEL, ts, action_id: "approve" });
  const url = pick(bodies[0], "response_url");
  await answerTo(url, { replace_original: true, text: "approved", blocks: [{ type: "divider" }] });
  expect(await s.sees("U0ALICE01")).toMatchObject([{ ts, text: "approved", blocks: [{ type: "divider" }] }]);
  const refused = await answerTo(url, { text: "x", blocks: [{ type: "nonsense" }] });
  expect(refused.status).toBe(400);
  await answerTo(url, { delete_original: true });
  expect(await s.sees("U0ALICE01")).toEqual([]);
});

test("shortcuts, home buttons, options and closed views reach the app", async () => {
  const { bodies, stage: s } = await listening();
  await s.person("shortcuts", { user: BOB, callback_id: "start_upgrade" });
  const message = await s.person("messages", { user: "U0ALICE01", channel: CHANNEL, text: "look" });
  await s.person("shortcuts", { user: BOB, callback_id: "attach", channel: CHANNEL, ts: message["ts"] });
  expect(bodies).toMatchObject([
    { type: "shortcut" },
    { type: "message_action", message: { text: "look" }, channel: { id: CHANNEL } },
  ]);
  expect(bodies[0]).not.toHaveProperty("response_url");
  const select = { type: "external_select", action_id: "version", min_query_length: 1 };
  const view = reasonModal({ notify_on_close: true });
  const opened = await s.api("views.open", { trigger_id: bodies[0]?.["trigger_id"], view });
  await s.person("views/close", { user: BOB, view_id: pick(opened, "view.id") });
  await eventually("the closed view", () => bodies.find((it) => it["type"] === "view_closed"));
  const home = { type: "home", blocks: [{ type: "actions", elements: [select] }, ...buttons("refresh")] };
  const homeView = await s.api("views.publish", { user_id: BOB, view: home });
  const place = { user: BOB, view_id: pick(homeView, "view.id") };
  const options = await s.person("options", { ...place, action_id: "version", value: "3." });
  expect(options).toMatchObject({ answer: { options: [{ value: "3.4.2" }] } });
  await s.person("actions", { ...place, action_id: "refresh" });
  expect(bodies.at(-1)).toMatchObject({
    container: { type: "view" },
    view: { type: "home" },
    actions: [{ action_id: "refresh" }],
  });
});

test("picking from menus sends the option and the state of all inputs; an option that is none is refused", async () => {
  const { bodies, stage: s } = await listening();
  const menu = { type: "static_select", action_id: "pick", options: [option("wait"), option("retry")] };
  const boxes = { type: "checkboxes", action_id: "boxes", options: [option("a"), option("b")] };
  const ts = await card(s, { blocks: [{ type: "actions", block_id: "m", elements: [menu, boxes] }] });
  const place = { user: BOB, channel: CHANNEL, ts };
  await s.person("actions", { ...place, action_id: "pick", selected: "retry", values: { m: { boxes: ["b"] } } });
  expect(bodies).toMatchObject([
    {
      actions: [{ type: "static_select", selected_option: { value: "retry" } }],
      state: {
        values: { m: { pick: { selected_option: { value: "retry" } }, boxes: { selected_options: [{ value: "b" }] } } },
      },
    },
  ]);
  expect(await s.person("actions", { ...place, action_id: "pick", selected: "explode" })).toMatchObject({
    error: "no_such_option",
  });
});
