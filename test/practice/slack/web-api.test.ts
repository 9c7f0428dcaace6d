import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { METHODS } from "#practice/slack/api/methods.ts";
import { type Json, type Stage, buttons, pick, stage } from "./stage.ts";

const CHANNEL = "C0PRACTCE";

async function posted(s: Stage, args: Json = {}): Promise<string> {
  return pick(await s.api("chat.postMessage", { channel: CHANNEL, text: "hello", ...args }), "ts");
}

test("blocks that break a rule are answered with invalid_blocks and a pointer", async () => {
  const s = await stage();
  const blocks = [{ type: "section", text: { type: "mrkdwn", text: "x".repeat(3001) } }];
  expect(await s.api("chat.postMessage", { channel: CHANNEL, blocks })).toMatchObject({
    ok: false,
    error: "invalid_blocks",
    errors: ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"],
    response_metadata: { messages: ["[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"] },
  });
  expect(await s.api("chat.postMessage", { channel: CHANNEL, blocks: "[{" })).toMatchObject({
    error: "invalid_blocks_format",
  });
  expect(await s.sees("U0ALICE01")).toEqual([]);
});

const refusals: readonly (readonly [string, string, Json, string])[] = [
  ["an unknown channel", "chat.postMessage", { channel: "C0NOWHERE", text: "x" }, "channel_not_found"],
  ["nothing to show", "chat.postMessage", { channel: CHANNEL, text: " " }, "no_text"],
  [
    "a thread that does not exist",
    "chat.postMessage",
    { channel: CHANNEL, text: "x", thread_ts: "1.0" },
    "cannot_reply_to_message",
  ],
  [
    "metadata without payload",
    "chat.postMessage",
    { channel: CHANNEL, text: "x", metadata: { event_type: "e" } },
    "invalid_metadata_format",
  ],
  [
    "markdown text beside text",
    "chat.postMessage",
    { channel: CHANNEL, text: "x", markdown_text: "y" },
    "markdown_text_conflict",
  ],
  [
    "an ephemeral for somebody outside",
    "chat.postEphemeral",
    { channel: CHANNEL, user: "U0EVE0X01", text: "x" },
    "user_not_in_channel",
  ],
  ["an unknown message", "chat.update", { channel: CHANNEL, ts: "1.0", text: "x" }, "message_not_found"],
  ["an unknown person", "users.info", { user: "U0NOBODY1" }, "user_not_found"],
  ["an unknown group", "usergroups.users.list", { usergroup: "S0NOTHING" }, "no_such_subteam"],
  ["a missing argument", "users.info", {}, "invalid_arguments"],
  ["a trigger that was never made", "views.open", { trigger_id: "1.2.3", view: {} }, "invalid_trigger_id"],
  ["an unknown thread", "conversations.replies", { channel: CHANNEL, ts: "1.0" }, "thread_not_found"],
  ["a method that does not exist", "chat.shout", {}, "unknown_method"],
];

test.each(refusals)("%s is refused with Slack's code", async (_, method, args, error) => {
  const s = await stage();
  expect(await s.api(method, args)).toMatchObject({ ok: false, error });
});

test("messages of people and texts above 4000 characters cannot be updated", async () => {
  const s = await stage();
  const theirs = pick(await s.person("messages", { user: "U0BOB0001", channel: CHANNEL, text: "mine" }), "ts");
  expect(await s.api("chat.update", { channel: CHANNEL, ts: theirs, text: "x" })).toMatchObject({
    error: "cant_update_message",
  });
  expect(await s.api("chat.delete", { channel: CHANNEL, ts: theirs })).toMatchObject({ error: "cant_delete_message" });
  const ts = await posted(s);
  expect(await s.api("chat.update", { channel: CHANNEL, ts, text: "x".repeat(4001) })).toMatchObject({
    error: "msg_too_long",
  });
});

test("an update with text alone removes the blocks and keeps the metadata, which an empty object removes", async () => {
  const s = await stage();
  const metadata = { event_type: "card", event_payload: { upgrade: "KU-2026-0001" } };
  const ts = await posted(s, { blocks: buttons("go"), metadata });
  await s.api("chat.update", { channel: CHANNEL, ts, text: "done" });
  expect(await s.sees("U0ALICE01")).toMatchObject([{ text: "done", metadata, edited: { user: "B0BOT0001" } }]);
  expect((await s.sees("U0ALICE01"))[0]).not.toHaveProperty("blocks");
  await s.api("chat.update", { channel: CHANNEL, ts, text: "done", metadata: {} });
  expect((await s.sees("U0ALICE01"))[0]).not.toHaveProperty("metadata");
});

test("an update with blocks leaves no mark of an edit", async () => {
  const s = await stage();
  const ts = await posted(s, { blocks: buttons("go") });
  await s.api("chat.update", { channel: CHANNEL, ts, text: "next", blocks: buttons("stop") });
  const [message] = await s.sees("U0ALICE01");
  expect(message).toMatchObject({ text: "next", blocks: [{ elements: [{ action_id: "stop" }] }] });
  expect(message).not.toHaveProperty("edited");
});

test("missing ids are filled in once and stay", async () => {
  const s = await stage();
  const button = { type: "button", text: { type: "plain_text", text: "Go" } };
  await posted(s, { blocks: [{ type: "actions", elements: [button] }] });
  const ids = async (): Promise<readonly string[]> => {
    const [message] = await s.sees("U0ALICE01");
    return [pick(message, "blocks.0.block_id"), pick(message, "blocks.0.elements.0.action_id")];
  };
  expect(await ids()).toEqual(await ids());
});

test("a reply goes to the thread, counts at its parent and shows in the channel only when broadcast", async () => {
  const s = await stage();
  const ts = await posted(s);
  await posted(s, { thread_ts: ts, text: "quiet" });
  const loud = await posted(s, { thread_ts: ts, text: "loud", reply_broadcast: true });
  await posted(s, { thread_ts: loud, text: "a reply to a reply joins the same thread" });
  expect((await s.sees("U0BOB0001")).map((it) => it["text"])).toEqual(["hello", "loud"]);
  expect((await s.sees("U0BOB0001"))[0]).toMatchObject({ reply_count: 3, reply_users: ["U0BOT0001"] });
  expect(await s.sees("U0BOB0001", CHANNEL, ts)).toHaveLength(4);
});

test("history comes newest first in pages, replies come parent first, metadata only on request", async () => {
  const s = await stage();
  const metadata = { event_type: "line", event_payload: { n: 1 } };
  const ts = await posted(s, { text: "one", metadata });
  await posted(s, { text: "two" });
  await posted(s, { text: "reply", thread_ts: ts, metadata });
  const first = await s.api("conversations.history", { channel: CHANNEL, limit: 1 });
  expect(first).toMatchObject({ has_more: true, messages: [{ text: "two" }] });
  const cursor = pick(first, "response_metadata.next_cursor");
  const second = await s.api("conversations.history", { channel: CHANNEL, limit: 1, cursor });
  expect(second).toMatchObject({ has_more: false, messages: [{ text: "one", reply_count: 1 }] });
  expect(pick(second, "response_metadata.next_cursor")).toBe("");
  const bare = await s.api("conversations.replies", { channel: CHANNEL, ts });
  expect(bare).toMatchObject({ messages: [{ text: "one" }, { text: "reply" }] });
  expect(JSON.stringify(bare)).not.toContain("event_payload");
  const full = await s.api("conversations.replies", { channel: CHANNEL, ts, include_all_metadata: true });
  expect(full).toMatchObject({ messages: [{ metadata }, { metadata }] });
});

test("a missing scope is named together with those that the manifest grants", async () => {
  const directory = await mkdtemp(join(tmpdir(), "manifest-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const manifestPath = join(directory, "manifest.yml");
  await writeFile(
    manifestPath,
    "display_information: {name: x}\nfeatures: {}\noauth_config: {scopes: {bot: [chat:write]}}\n",
  );
  const s = await stage({ manifestPath });
  const refused = await s.api("usergroups.list");
  expect(refused).toMatchObject({ error: "missing_scope", needed: "usergroups:read", provided: "chat:write" });
  expect(refused.http.headers.get("x-oauth-scopes")).toBe("chat:write");
  expect(refused.http.headers.get("x-accepted-oauth-scopes")).toBe("usergroups:read");
  const home = { user_id: "U0ALICE01", view: { type: "home", blocks: [{ type: "divider" }] } };
  expect(await s.api("views.publish", home)).toMatchObject({ error: "not_enabled" });
});

test("guests, external, deactivated people and impostors look the way Slack shows them", async () => {
  const s = await stage();
  const info = (user: string): Promise<Json> => s.api("users.info", { user });
  expect(await info("U0GUEST01")).toMatchObject({ user: { is_restricted: true, team_id: "T0ACME001" } });
  expect(await info("U0DORA001")).toMatchObject({ user: { deleted: true } });
  expect(await info("U0MALLO01")).toMatchObject({ user: { name: "mallory", profile: { display_name: "carol" } } });
  const eve = await info("U0EVE0X01");
  expect(eve).toMatchObject({ user: { team_id: "T0OTHER01", is_stranger: false } });
  expect(JSON.stringify(eve)).not.toContain("@acme.example");
  expect(await s.api("conversations.info", { channel: "C0SHARED1" })).toMatchObject({
    channel: { is_ext_shared: true, is_member: true },
  });
});

test("a message to a person opens the direct conversation", async () => {
  const s = await stage();
  expect(await s.api("chat.postMessage", { channel: "U0ALICE01", text: "psst" })).toMatchObject({
    channel: "D0ALICE01",
  });
  expect(await s.sees("U0ALICE01", "D0ALICE01")).toMatchObject([{ text: "psst" }]);
  expect(await s.look("messages?user=U0BOB0001&channel=D0ALICE01")).toMatchObject({ error: "not_in_channel" });
});

test("an upload that does not fit its reservation is refused, and a file is completed once", async () => {
  const s = await stage();
  const reserve = (): Promise<Json> => s.api("files.getUploadURLExternal", { filename: "a.txt", length: 3 });
  const wrong = await reserve();
  expect((await fetch(pick(wrong, "upload_url"), { method: "POST", body: "four" })).status).toBe(400);
  const right = await reserve();
  expect(await (await fetch(pick(right, "upload_url"), { method: "POST", body: "abc" })).text()).toBe("OK - 3");
  const files = [{ id: pick(right, "file_id"), title: "A" }];
  expect(await s.api("files.completeUploadExternal", { files, channel_id: CHANNEL })).toMatchObject({ ok: true });
  expect(await s.api("files.completeUploadExternal", { files })).toMatchObject({ error: "file_not_found" });
});

test("pins and reactions follow Slack's refusals", async () => {
  const s = await stage();
  const timestamp = await posted(s);
  expect(await s.api("pins.add", { channel: CHANNEL, timestamp })).toMatchObject({ ok: true });
  expect(await s.api("pins.add", { channel: CHANNEL, timestamp })).toMatchObject({ error: "already_pinned" });
  expect(await s.sees("U0BOB0001")).toMatchObject([{ pinned_to: [CHANNEL] }]);
  expect(await s.api("reactions.add", { channel: CHANNEL, timestamp, name: "eyes" })).toMatchObject({
    error: "missing_scope",
  });
});

test("blocks.validate needs no token and answers pointers below the blocks", async () => {
  const s = await stage();
  const verdict = await s.api(
    "blocks.validate",
    { blocks: [{ type: "header", text: { type: "mrkdwn", text: "x" } }] },
    "",
  );
  expect(verdict).toMatchObject({
    error: "invalid_blocks",
    errors: [{ code: "failed_constraint", pointer: "/0/text/type" }],
  });
  expect(await s.api("blocks.validate", { blocks: [{ type: "divider" }] }, "")).toMatchObject({ ok: true });
});

test("JSON without a charset and blocks without text are warned about", async () => {
  const s = await stage();
  const response = await fetch(`${s.workspace.slackApiUrl}chat.postMessage`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer xoxb-practice-not-a-real-token" },
    body: JSON.stringify({ channel: CHANNEL, blocks: [{ type: "divider" }] }),
  });
  expect(await response.json()).toMatchObject({
    ok: true,
    response_metadata: { warnings: ["missing_text_in_message", "missing_charset"] },
  });
});

const odd: readonly Json[] = [
  {},
  { channel: CHANNEL, ts: [], text: {}, user: 7, view: "x", blocks: "x", files: {}, limit: "many", cursor: "?" },
  {
    channel: CHANNEL,
    user: "U0BOB0001",
    user_id: "U0BOB0001",
    trigger_id: "1",
    view: null,
    blocks: [null],
    metadata: [],
  },
  {
    channel: "D0BOB0001",
    channel_id: CHANNEL,
    users: ",",
    length: -1,
    filename: "",
    oldest: "x",
    timestamp: "0",
    name: "/",
  },
];

test.each([...METHODS.keys()])("%s answers strange arguments with a code and does not fall over", async (method) => {
  const failures: unknown[] = [];
  const s = await stage({ onFailure: (error) => failures.push(error) });
  for (const args of odd) {
    for (const token of [undefined, "xapp-practice-not-a-real-token"]) {
      const answer = await s.api(method, args, token);
      expect([answer.http.status, typeof answer["ok"]]).toEqual([200, "boolean"]);
    }
  }
  expect(failures).toEqual([]);
});
