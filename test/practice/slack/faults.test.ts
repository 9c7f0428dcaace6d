import { expect, test } from "vitest";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { connect, socketApp } from "./app.ts";
import { type Json, type Stage, eventually, stage } from "./stage.ts";

const CHANNEL = "C0PRACTCE";
const COMMAND = { user: "U0ALICE01", channel: CHANNEL, text: "status" };

async function counting(): Promise<{ readonly stage: Stage; readonly heard: Json[] }> {
  const s = await stage();
  const heard: Json[] = [];
  const keep = (what: object): void => void heard.push({ ...what });
  await socketApp(s, (app) => {
    app.command("/kong-upgrade", async ({ ack, body }) => (keep(body), ack()));
    for (const name of ["user_change", "subteam_members_changed", "tokens_revoked", "channel_shared"] as const) {
      app.event(name, async ({ event }) => keep(event));
    }
  });
  return { stage: s, heard };
}

test("a failing method fails as often as it was asked to and then works", async () => {
  const s = await stage();
  await s.person("faults", { fail_next: { method: "chat.postMessage", count: 2, status: 503 } });
  const send = async (): Promise<number> =>
    (await s.api("chat.postMessage", { channel: CHANNEL, text: "x" })).http.status;
  expect(await s.api("auth.test")).toMatchObject({ ok: true });
  expect([await send(), await send(), await send()]).toEqual([503, 503, 200]);
  expect(await s.sees("U0ALICE01")).toHaveLength(1);
});

test("look-ups fail by Slack's codes, each as often as it was asked to, and late when that was asked", async () => {
  const s = await stage();
  await s.person("faults", {
    fail_next: [
      { method: "users.info", count: 2, error: "user_not_visible" },
      { method: "usergroups.users.list", status: 503 },
      { method: "conversations.info", error: "channel_not_found", after_ms: 60 },
    ],
  });
  expect(await s.person("faults", {})).toMatchObject({ faults: { fail_next: [{ count: 2 }, { count: 1 }, {}] } });
  const info = (): Promise<Json> => s.api("users.info", { user: "U0CAROL01" });
  expect([await info(), await info(), await info()]).toMatchObject([
    { ok: false, error: "user_not_visible" },
    { ok: false, error: "user_not_visible" },
    { ok: true },
  ]);
  expect((await s.api("usergroups.users.list", { usergroup: "S0APPROVE" })).http.status).toBe(503);
  const startedAt = performance.now();
  expect(await s.api("conversations.info", { channel: CHANNEL })).toMatchObject({ error: "channel_not_found" });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
  expect(await s.person("faults", {})).toMatchObject({ faults: { fail_next: null } });
});

test("a lost response leaves the work done and the connection broken", async () => {
  const s = await stage();
  await s.person("faults", { lose_response_next: { method: "chat.postMessage" } });
  await expect(s.api("chat.postMessage", { channel: CHANNEL, text: "once" })).rejects.toThrow("fetch failed");
  expect(await s.sees("U0ALICE01")).toMatchObject([{ text: "once" }]);
  expect(await s.api("chat.postMessage", { channel: CHANNEL, text: "twice" })).toMatchObject({ ok: true });
});

test("a duplicate delivery reaches the app twice, a replay a third time", async () => {
  const { heard, stage: s } = await counting();
  await s.person("faults", { duplicate_delivery_next: 1 });
  await s.person("commands", COMMAND);
  await eventually("both deliveries", () => (heard.length === 2 ? true : undefined));
  await s.person("faults", { replay_last: true });
  await eventually("the replay", () => (heard.length === 3 ? true : undefined));
  expect(new Set(heard.map((it) => it["trigger_id"])).size).toBe(1);
});

test("a delayed delivery counts the delay into the acknowledgement time", async () => {
  const { stage: s } = await counting();
  await s.person("faults", { delay_delivery_ms: 120 });
  const outcome = await s.person("commands", COMMAND);
  expect(outcome["ack_ms"]).toBeGreaterThanOrEqual(120);
});

test("dropped sockets are gone without a word, and a click then fails at once", async () => {
  const s = await stage();
  const { frames, socket } = await connect(s);
  expect(await s.person("faults", { drop_sockets: true })).toMatchObject({ dropped_sockets: 1 });
  await eventually("the end of the connection", () => (socket.readyState === WebSocket.CLOSED ? true : undefined));
  expect(frames).toHaveLength(1);
  expect(await s.person("commands", COMMAND)).toMatchObject({ error: "dispatch_failed" });
});

test("without sockets no connection is taken until the fault is off", async () => {
  const s = await stage();
  const { socket } = await connect(s);
  await s.person("faults", { no_socket: true });
  await eventually("the end of the connection", () => (socket.readyState === WebSocket.CLOSED ? true : undefined));
  const link = await s.api("apps.connections.open", {}, CREDENTIALS.app_token);
  const refused = new WebSocket(String(link["url"]));
  const outcome = await new Promise((resolve) => {
    refused.addEventListener("error", () => resolve("refused"));
    refused.addEventListener("open", () => resolve("opened"));
  });
  expect(outcome).toBe("refused");
  expect(await s.person("faults", { reset: true })).toMatchObject({ faults: { no_socket: false } });
  await connect(s);
  expect(s.workspace.connections()).toBe(1);
});

test("a refresh says goodbye before it closes", async () => {
  const s = await stage();
  const { frames, socket } = await connect(s);
  await s.person("faults", { refresh_sockets: true });
  await eventually("the close", () => (socket.readyState === WebSocket.CLOSED ? true : undefined));
  expect(frames.map((it) => it["reason"] ?? it["type"])).toEqual(["hello", "warning", "refresh_requested"]);
});

test("a link works once", async () => {
  const s = await stage();
  const { url } = await s.api("apps.connections.open", {}, CREDENTIALS.app_token);
  const outcome = (): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(String(url));
      socket.addEventListener("open", () => resolve("open"));
      socket.addEventListener("error", () => resolve("refused"));
    });
  expect([await outcome(), await outcome()]).toEqual(["open", "refused"]);
});

test("changes of the world are visible to the Web API and announced to the app", async () => {
  const { heard, stage: s } = await counting();
  await s.person("faults", { rename_user: { user: "U0FRANK01", display_name: "dave" } });
  await s.person("faults", { set_group: { group: "S0APPROVE", users: ["U0CAROL01", "U0ERIN001"] } });
  await s.person("faults", { deactivate: { user: "U0CAROL01", deleted: true } });
  await s.person("faults", { share_channel: { channel: "C0GENERAL", shared: true } });
  await s.person("faults", { revoke_token: true });
  await eventually("five events", () => (heard.length === 5 ? true : undefined));
  expect(heard).toMatchObject([
    { type: "user_change", user: { id: "U0FRANK01", profile: { display_name: "dave" } } },
    { type: "subteam_members_changed", added_users: ["U0ERIN001"], removed_users: ["U0DAVE001"] },
    { type: "user_change", user: { id: "U0CAROL01", deleted: true } },
    { type: "channel_shared", channel: "C0GENERAL", connected_team_id: "T0OTHER01" },
    { type: "tokens_revoked", tokens: { bot: ["U0BOT0001"] } },
  ]);
  expect(await s.api("auth.test")).toMatchObject({ error: "token_revoked" });
  await s.person("faults", { revoke_token: false });
  expect(await s.api("usergroups.users.list", { usergroup: "S0APPROVE" })).toMatchObject({
    users: ["U0CAROL01", "U0ERIN001"],
  });
  expect(await s.person("messages", { user: "U0EVE0X01", channel: "C0GENERAL", text: "hi" })).toMatchObject({
    delivered: true,
  });
});

test("a channel without the bot and an archived one refuse its messages", async () => {
  const s = await stage();
  const send = (channel: string): Promise<Json> => s.api("chat.postMessage", { channel, text: "x" });
  await s.person("faults", { remove_bot: { channel: CHANNEL }, archive_channel: "C0LEGACY1" });
  expect(await send(CHANNEL)).toMatchObject({ error: "not_in_channel" });
  expect(await send("C0LEGACY1")).toMatchObject({ error: "is_archived" });
  await s.person("faults", { remove_bot: { channel: CHANNEL, removed: false } });
  expect(await send(CHANNEL)).toMatchObject({ ok: true });
});

test("an unknown fault is an error, an empty request shows what is armed", async () => {
  const s = await stage();
  expect(await s.person("faults", { drop_socket: true })).toMatchObject({ status: 400, error: "invalid_body" });
  await s.person("faults", { slow_ms: 5, fail_next: { count: 3 } });
  expect(await s.person("faults", {})).toMatchObject({
    faults: { slow_ms: 5, fail_next: { count: 3, status: 500 }, no_socket: false },
  });
});
