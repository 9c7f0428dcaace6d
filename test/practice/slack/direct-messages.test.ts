import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { socketApp } from "./app.ts";
import { type Json, type Stage, buttons, eventually, pick, reasonModal, stage } from "./stage.ts";

const ALICE = "U0ALICE01";
const BOB = "U0BOB0001";

/** A workspace whose app may do less (or more) than the fixture's. */
async function manifestWith(change: (text: string) => string): Promise<string> {
  const fixture = await readFile(fileURLToPath(new URL("./fixtures/manifest.yml", import.meta.url)), "utf8");
  const path = join(tmpdir(), `practice-manifest-${crypto.randomUUID()}.yml`);
  await writeFile(path, change(fixture));
  onTestFinished(() => rm(path, { force: true }));
  return path;
}

async function card(s: Stage, args: Json): Promise<Json> {
  return s.api("chat.postMessage", { text: "card", blocks: buttons("approve"), ...args });
}

test("a message to a person lands in the one conversation of bot and person, whichever id is used", async () => {
  const s = await stage();
  const opened = await s.api("conversations.open", { users: ALICE });
  const channel = pick(opened, "channel.id");
  expect(channel).toMatch(/^D/u);
  expect(opened).not.toHaveProperty("already_open");
  expect(await s.api("chat.postMessage", { channel: ALICE, text: "one" })).toMatchObject({ channel });
  expect(await s.api("chat.postMessage", { channel, text: "two" })).toMatchObject({ channel });
  expect(await s.api("conversations.open", { users: ALICE })).toMatchObject({
    no_op: true,
    already_open: true,
    channel: { id: channel },
  });
  expect((await s.sees(ALICE, channel)).map((it) => it["text"])).toEqual(["one", "two"]);
  expect(await s.look(`messages?user=${BOB}&channel=${channel}`)).toMatchObject({ error: "not_in_channel" });
});

test("the bot reads what it said there, changes it, and sees whose conversation it is", async () => {
  const s = await stage();
  const metadata = { event_type: "enrolment", event_payload: { key: "k1" } };
  const sent = await s.api("chat.postMessage", { channel: BOB, text: "secret", metadata });
  const place = { channel: pick(sent, "channel"), ts: pick(sent, "ts") };
  await s.api("chat.postMessage", { channel: place.channel, thread_ts: place.ts, text: "a reply" });
  expect(await s.api("chat.update", { ...place, text: "done" })).toMatchObject({ ok: true, ...place });
  expect(await s.api("conversations.history", { ...place, include_all_metadata: true })).toMatchObject({
    messages: [{ text: "done", metadata }],
  });
  expect(await s.api("conversations.replies", place)).toMatchObject({
    messages: [{ text: "done" }, { text: "a reply" }],
  });
  expect(await s.api("conversations.info", { channel: place.channel })).toMatchObject({
    channel: { id: place.channel, is_im: true, user: BOB, is_user_deleted: false, is_ext_shared: false },
  });
});

test("a click there carries the conversation, and a modal opens from it", async () => {
  const s = await stage();
  const heard: Json[] = [];
  await socketApp(s, (app) => {
    app.action("approve", async ({ ack, body, client }) => {
      await ack();
      heard.push({ ...body });
      if ("trigger_id" in body) await client.views.open({ trigger_id: body.trigger_id, view: reasonModal() });
    });
    app.view("reason", async ({ ack, body }) => (heard.push({ ...body }), ack()));
  });
  const confirm = {
    title: { type: "plain_text", text: "Sure?" },
    text: { type: "plain_text", text: "It cannot be undone." },
    confirm: { type: "plain_text", text: "Yes" },
    deny: { type: "plain_text", text: "No" },
  };
  const button = {
    type: "button",
    action_id: "approve",
    value: "v",
    text: { type: "plain_text", text: "ok" },
    confirm,
  };
  const sent = await card(s, { channel: BOB, blocks: [{ type: "actions", block_id: "decide", elements: [button] }] });
  const place = { channel: pick(sent, "channel"), ts: pick(sent, "ts") };
  expect(await s.person("actions", { user: ALICE, ...place, action_id: "approve" })).toMatchObject({ status: 403 });
  await s.person("actions", { user: BOB, ...place, action_id: "approve" });
  const { modals } = await eventually("the modal", async () => {
    const views = await s.look(`views?user=${BOB}`);
    return Array.isArray(views["modals"]) && views["modals"].length === 1 ? views : undefined;
  });
  await s.person("views/submit", { user: BOB, view_id: pick(modals, "0.id"), values: { why: "because" } });
  expect(heard).toMatchObject([
    {
      type: "block_actions",
      channel: { id: place.channel, name: "directmessage" },
      container: { channel_id: place.channel, message_ts: place.ts },
    },
    { type: "view_submission", user: { id: BOB } },
  ]);
});

test("a file shared there is private, one in a channel is public", async () => {
  const s = await stage();
  const share = async (channel_id: string): Promise<Json> => {
    const reserved = await s.api("files.getUploadURLExternal", { filename: "a.txt", length: 3 });
    await fetch(pick(reserved, "upload_url"), { method: "POST", body: "abc" });
    const id = pick(reserved, "file_id");
    await s.api("files.completeUploadExternal", { files: [{ id }], channel_id });
    return s.api("files.info", { file: id });
  };
  const direct = pick(await s.api("conversations.open", { users: BOB }), "channel.id");
  const inDirect = await share(direct);
  expect(inDirect).toMatchObject({
    file: { is_public: false, ims: [direct], shares: { private: { [direct]: [{}] } } },
  });
  expect(inDirect).not.toHaveProperty("file.shares.public");
  expect(await s.sees(BOB, direct)).toMatchObject([{ subtype: "file_share", files: [{ name: "a.txt" }] }]);
  expect(await share("C0PRACTCE")).toMatchObject({
    file: { is_public: true, shares: { public: { C0PRACTCE: [{}] } } },
  });
});

test("W ids have conversations of their own, also beside a U id that looks alike", async () => {
  const s = await stage();
  await s.person("people", { user: "W0ALICE01", name: "alicia", kind: "member" });
  const first = pick(await s.api("chat.postMessage", { channel: ALICE, text: "for alice" }), "channel");
  const second = pick(await s.api("chat.postMessage", { channel: "W0ALICE01", text: "for alicia" }), "channel");
  expect(second).not.toBe(first);
  expect(second).toMatch(/^D[A-Z0-9]+$/u);
  expect(await s.sees("W0ALICE01", second)).toMatchObject([{ text: "for alicia" }]);
});

const refused: readonly (readonly [string, string, Json, string])[] = [
  ["open nobody's", "conversations.open", { users: "U0NOBODY1" }, "user_not_found"],
  ["open a deactivated person's", "conversations.open", { users: "U0DORA001" }, "user_disabled"],
  ["open a bot's", "conversations.open", { users: "U0BOT0001" }, "cannot_dm_bot"],
  ["open a stranger's", "conversations.open", { users: "U0STRANGE" }, "user_not_visible"],
  ["open without saying whose", "conversations.open", {}, "users_list_not_supplied"],
  ["write to nobody", "chat.postMessage", { channel: "U0NOBODY1", text: "x" }, "channel_not_found"],
  ["write to a bot", "chat.postMessage", { channel: "U0BOT0001", text: "x" }, "cannot_dm_bot"],
  ["write to another bot", "chat.postMessage", { channel: "U0ROBOT01", text: "x" }, "cannot_dm_bot"],
  ["write into an unknown conversation", "chat.postMessage", { channel: "D0NOBODY1", text: "x" }, "channel_not_found"],
  ["read an unknown conversation", "conversations.history", { channel: "D0NOBODY1" }, "channel_not_found"],
];

test.each(refused)("nobody can %s", async (_, method, args, error) => {
  const s = await stage();
  await s.person("people", { user: "U0STRANGE", kind: "stranger" });
  await s.person("people", { user: "U0ROBOT01", kind: "bot" });
  expect(await s.api(method, args)).toMatchObject({ ok: false, error });
});

test("a message to a deactivated person is taken and notifies nobody", async () => {
  const s = await stage();
  expect(await s.api("chat.postMessage", { channel: "U0DORA001", text: "x" })).toMatchObject({ ok: true });
  expect(await s.look("notifications?user=U0DORA001")).toMatchObject({ count: 0 });
});

test("reading a conversation needs the scope of its kind; writing into it does not", async () => {
  const manifestPath = await manifestWith((text) => text.replace(/\s+im:(?:read|history|write),/gu, ""));
  const s = await stage({ manifestPath });
  const channel = pick(await s.api("chat.postMessage", { channel: BOB, text: "x" }), "channel");
  const needs = async (method: string, args: Json): Promise<unknown> => (await s.api(method, args))["needed"];
  expect(await needs("conversations.history", { channel })).toBe("im:history");
  expect(await needs("conversations.info", { channel })).toBe("im:read");
  expect(await s.api("conversations.open", { users: BOB })).toMatchObject({ error: "missing_scope" });
  expect(await s.api("conversations.history", { channel: "C0PRACTCE" })).toMatchObject({ ok: true });
});

test("a read-only Messages tab takes nothing from people, a switched-off one nothing at all", async () => {
  const readOnly = await manifestWith((text) => text.replace("read_only_enabled: false", "read_only_enabled: true"));
  const s = await stage({ manifestPath: readOnly });
  const channel = pick(await s.api("chat.postMessage", { channel: BOB, text: "x" }), "channel");
  const written = { delivered: false, error: "restricted_action" };
  expect(await s.person("messages", { user: BOB, channel, text: "hello" })).toMatchObject(written);
  expect(await s.person("commands", { user: BOB, channel, text: "status" })).toMatchObject(written);
  const off = await manifestWith((text) => text.replace("messages_tab_enabled: true", "messages_tab_enabled: false"));
  const without = await stage({ manifestPath: off });
  expect(await without.api("chat.postMessage", { channel: BOB, text: "x" })).toMatchObject({
    error: "messages_tab_disabled",
  });
});
