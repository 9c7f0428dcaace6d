import type { App } from "@slack/bolt";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { socketApp } from "./app.ts";
import { type Json, type Stage, buttons, eventually, pick, reasonModal, stage } from "./stage.ts";

const CHANNEL = "C0PRACTCE";

async function info(s: Stage, user: string): Promise<Json> {
  return s.api("users.info", { user });
}

const kinds: readonly (readonly [string, Json])[] = [
  ["member", { is_admin: false, is_restricted: false, is_bot: false, deleted: false, team_id: "T0ACME001" }],
  ["admin", { is_admin: true, is_owner: false }],
  ["owner", { is_admin: true, is_owner: true }],
  ["guest", { is_restricted: true, is_ultra_restricted: false }],
  ["single_channel_guest", { is_restricted: true, is_ultra_restricted: true }],
  ["deactivated", { deleted: true }],
  ["bot", { is_bot: true, profile: { bot_id: "B0NEW0001", api_app_id: "A0NEW0001" } }],
  ["app_user", { is_app_user: true, is_bot: false }],
  ["external", { team_id: "T0OTHER01", is_stranger: false }],
  ["stranger", { team_id: "T0OTHER01", is_stranger: true }],
];

test.each(kinds)(
  "a new %s looks the way Slack shows one, and becomes an ordinary member again",
  async (kind, shown) => {
    const s = await stage();
    expect(await s.person("people", { user: "U0NEW0001", kind, name: "nina" })).toMatchObject({ status: 200 });
    expect(await info(s, "U0NEW0001")).toMatchObject({ user: { id: "U0NEW0001", name: "nina", ...shown } });
    await s.person("people", { user: "U0NEW0001", kind: "member" });
    expect(await info(s, "U0NEW0001")).toMatchObject({ user: { ...kinds[0]?.[1], name: "nina" } });
  },
);

const places: readonly (readonly [string, readonly string[]])[] = [
  ["member", ["C0PRACTCE", "C0LEGACY1", "C0SHARED1", "C0GENERAL"]],
  ["guest", ["C0PRACTCE", "C0GENERAL"]],
  ["single_channel_guest", ["C0PRACTCE"]],
  ["external", ["C0SHARED1"]],
  ["stranger", []],
];

test.each(places)(
  "a new %s is in the channels where one usually is, or where they were put",
  async (kind, channels) => {
    const s = await stage();
    expect(await s.person("people", { user: "U0NEW0001", kind })).toMatchObject({ channels });
    expect(await s.person("people", { user: "U0NEW0001", channels: ["C0LEGACY1"] })).toMatchObject({
      channels: ["C0LEGACY1"],
    });
  },
);

test("people who are there are changed in single marks, and the app is told", async () => {
  const s = await stage();
  const heard: Json[] = [];
  await socketApp(s, (app) => {
    app.event("user_change", async ({ event }) => void heard.push({ ...event }));
  });
  await s.person("people", { user: "U0CAROL01", is_restricted: true });
  await eventually("the event", () => heard[0]);
  expect(heard).toMatchObject([{ user: { id: "U0CAROL01", is_restricted: true, name: "carol" } }]);
  expect(await info(s, "U0CAROL01")).toMatchObject({ user: { is_restricted: true } });
});

const nonsense: readonly (readonly [string, string, Json])[] = [
  ["an id that is none", "people", { user: "carol" }],
  ["an unknown kind", "people", { user: "U0NEW0001", kind: "king" }],
  ["an unknown time zone", "people", { user: "U0NEW0001", tz: "Mars/Olympus" }],
  ["an unknown channel", "people", { user: "U0NEW0001", channels: ["C0NOWHERE"] }],
  ["the app's own bot", "people", { user: "U0BOT0001", kind: "member" }],
  ["an unknown member", "groups", { group: "S0DBA0001", add: ["U0NOBODY1"] }],
  ["an unknown member of a channel", "channels", { channel: "C0PRACTCE", add: ["U0NOBODY1"] }],
  ["an enterprise that is none", "installation", { enterprise: { id: "Acme" } }],
];

test.each(nonsense)("%s is refused and changes nothing", async (_, what, body) => {
  const s = await stage();
  const before = await s.look("state");
  const refused = await s.person(what, body);
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(refused["message"]).toEqual(expect.any(String));
  expect(await s.look("state")).toEqual(before);
});

test("members of a user group come and go while it runs", async () => {
  const s = await stage();
  const members = async (): Promise<unknown> =>
    (await s.api("usergroups.users.list", { usergroup: "S0DBA0001" }))["users"];
  await s.person("groups", { group: "S0DBA0001", add: ["U0FRANK01"], remove: ["U0HANNA01"] });
  expect(await members()).toEqual(["U0IVAN001", "U0KARL001", "U0LENA001", "U0MARTA01", "U0FRANK01"]);
  await s.person("groups", { group: "S0DBA0001", users: [] });
  expect(await members()).toEqual([]);
});

test("a disabled group is no group unless disabled ones are asked for, a group that is gone is none at all", async () => {
  const s = await stage();
  const list = (more: Json = {}): Promise<Json> => s.api("usergroups.users.list", { usergroup: "S0DBA0001", ...more });
  const handles = async (): Promise<string> => JSON.stringify(await s.api("usergroups.list"));
  await s.person("groups", { group: "S0DBA0001", disabled: true });
  expect(await list()).toMatchObject({ error: "no_such_subteam" });
  expect(await list({ include_disabled: true })).toMatchObject({ ok: true });
  expect(await handles()).not.toContain("S0DBA0001");
  await s.person("groups", { group: "S0DBA0001", disabled: false, gone: true });
  expect(await list({ include_disabled: true })).toMatchObject({ error: "no_such_subteam" });
  await s.person("groups", { group: "S0DBA0001", gone: false });
  expect(await list()).toMatchObject({ users: ["U0HANNA01", "U0IVAN001", "U0KARL001", "U0LENA001", "U0MARTA01"] });
  expect(await handles()).toContain("S0DBA0001");
});

test("a channel becomes shared, or is about to be, without anybody coming in", async () => {
  const s = await stage();
  const marks = async (): Promise<unknown> => (await s.api("conversations.info", { channel: CHANNEL }))["channel"];
  await s.person("channels", { channel: CHANNEL, is_pending_ext_shared: true });
  expect(await marks()).toMatchObject({ is_ext_shared: false, is_pending_ext_shared: true });
  expect(await marks()).toMatchObject({ pending_shared: ["T0OTHER01"] });
  await s.person("channels", { channel: CHANNEL, is_pending_ext_shared: false, is_ext_shared: true });
  expect(await marks()).toMatchObject({ is_ext_shared: true, is_shared: true, is_pending_ext_shared: false });
  expect(await s.look(`messages?user=U0EVE0X01&channel=${CHANNEL}`)).toMatchObject({ error: "not_in_channel" });
});

test("a new channel has the bot and whom it was given", async () => {
  const s = await stage();
  await s.person("channels", { channel: "C0NEW0001", name: "ops", add: ["U0BOB0001"] });
  expect(await s.api("chat.postMessage", { channel: "C0NEW0001", text: "hi" })).toMatchObject({ ok: true });
  expect(await s.sees("U0BOB0001", "C0NEW0001")).toMatchObject([{ text: "hi" }]);
  expect(await s.look("messages?user=U0ALICE01&channel=C0NEW0001")).toMatchObject({ error: "not_in_channel" });
});

async function keepAll(s: Stage): Promise<Json[]> {
  const bodies: Json[] = [];
  const keep = (body: object): void => void bodies.push({ ...body });
  await socketApp(s, (app: App) => {
    app.action(/.*/u, async ({ ack, body, client }) => {
      await ack();
      keep(body);
      if ("trigger_id" in body) await client.views.open({ trigger_id: body.trigger_id, view: reasonModal() });
    });
    app.command(/.*/u, async ({ ack, body }) => (keep(body), ack()));
    app.view(/.*/u, async ({ ack, body }) => (keep(body), ack()));
    app.event("app_home_opened", async ({ body }) => keep(body));
  });
  return bodies;
}

async function everyKindOfPayload(s: Stage, user: string): Promise<readonly Json[]> {
  const bodies = await keepAll(s);
  const ts = pick(await s.api("chat.postMessage", { channel: CHANNEL, text: "card", blocks: buttons("go") }), "ts");
  await s.person("actions", { user, channel: CHANNEL, ts, action_id: "go" });
  const view_id = await eventually("the modal", async () => {
    const { modals } = await s.look(`views?user=${user}`);
    return Array.isArray(modals) && modals.length === 1 ? pick(modals, "0.id") : undefined;
  });
  await s.person("views/submit", { user, view_id, values: { why: "because" } });
  await s.person("commands", { user, channel: CHANNEL, text: "status" });
  await s.person("home", { user });
  return eventually("four payloads", () => (bodies.length === 4 ? bodies : undefined));
}

test("an app of a whole Grid organisation gets no team, and people with W ids and an enterprise user", async () => {
  const s = await stage();
  await s.person("installation", { enterprise: { id: "E0ACME001", name: "Acme Group" }, org_wide: true });
  await s.person("people", { user: "W0NINA001", name: "nina" });
  const grid = { team: null, enterprise: { id: "E0ACME001", name: "Acme Group" }, is_enterprise_install: true };
  expect(await everyKindOfPayload(s, "W0NINA001")).toMatchObject([
    { type: "block_actions", user: { id: "W0NINA001", team_id: "T0ACME001" }, ...grid },
    { type: "view_submission", ...grid },
    { command: "/kong-upgrade", enterprise_id: "E0ACME001", is_enterprise_install: "true" },
    { enterprise_id: "E0ACME001", authorizations: [{ enterprise_id: "E0ACME001", team_id: null }] },
  ]);
  expect(await info(s, "W0NINA001")).toMatchObject({
    user: { enterprise_user: { id: "W0NINA001", enterprise_id: "E0ACME001", teams: ["T0ACME001"] } },
  });
  expect(await s.api("auth.test")).toMatchObject({ is_enterprise_install: true, enterprise_id: "E0ACME001" });
});

test("in one workspace of a Grid organisation the payload names both", async () => {
  const s = await stage();
  await s.person("installation", { enterprise: {} });
  const [click] = await everyKindOfPayload(s, "U0BOB0001");
  expect(click).toMatchObject({
    team: { id: "T0ACME001", enterprise_id: "E0ACME001" },
    enterprise: { id: "E0ACME001" },
    is_enterprise_install: false,
  });
  expect(await info(s, "U0EVE0X01")).not.toHaveProperty("user.enterprise_user");
  await s.person("installation", { enterprise: null });
  expect(await s.api("auth.test")).not.toHaveProperty("enterprise_id");
});

test("somebody of another workspace of the organisation is no stranger, and has commands", async () => {
  const s = await stage();
  await s.person("installation", { enterprise: { id: "E0ACME001" } });
  const sister = { team_id: "T0ACME002", enterprise_user: { teams: ["T0ACME001", "T0ACME002"] } };
  await s.person("people", { user: "U0SISTER1", name: "svea", ...sister });
  expect(await info(s, "U0SISTER1")).toMatchObject({ user: sister });
  expect(await info(s, "U0SISTER1")).not.toHaveProperty("user.is_stranger");
  await keepAll(s);
  const typed = await s.person("commands", { user: "U0SISTER1", channel: CHANNEL, text: "status" });
  expect(typed).toMatchObject({ delivered: true });
});

test("the workspace comes with two more groups of approvers and everybody who makes them hard", async () => {
  const s = await stage();
  const members = async (usergroup: string): Promise<unknown> =>
    (await s.api("usergroups.users.list", { usergroup }))["users"];
  expect(await members("S0APPROVE")).toEqual(["U0CAROL01", "U0DAVE001"]);
  expect(await members("S0DBA0001")).toEqual(["U0HANNA01", "U0IVAN001", "U0KARL001", "U0LENA001", "U0MARTA01"]);
  expect(await members("S0LEADS01")).toEqual(["U0IVAN001", "U0JULIA01", "U0MARTA02"]);
  expect(await info(s, "U0KARL001")).toMatchObject({ user: { is_restricted: true } });
  expect(await info(s, "U0LENA001")).toMatchObject({ user: { deleted: true } });
  const human = { real_name: "Marta Meyer" };
  expect([await info(s, "U0MARTA01"), await info(s, "U0MARTA02")]).toMatchObject([{ user: human }, { user: human }]);
});

test("a state of before somebody was added gets them, their channels and groups, and keeps what it had", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "practice-older-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const first = await stage({ dataDir });
  await first.person("groups", { group: "S0APPROVE", users: ["U0ERIN001"] });
  await first.workspace.stop();
  const path = join(dataDir, "workspace.json");
  const older = JSON.parse(await readFile(path, "utf8"), (key, value: unknown) =>
    Array.isArray(value) && ["people", "groups", "members"].includes(key) ? value.filter(isOlder) : value,
  );
  await writeFile(path, JSON.stringify(older));
  const second = await stage({ dataDir });
  expect(await info(second, "U0OTTO001")).toMatchObject({ ok: true });
  expect(await second.person("messages", { user: "U0OTTO001", channel: CHANNEL, text: "hi" })).toMatchObject({
    delivered: true,
  });
  expect(await second.api("usergroups.users.list", { usergroup: "S0LEADS01" })).toMatchObject({ ok: true });
  expect(await second.api("usergroups.users.list", { usergroup: "S0APPROVE" })).toMatchObject({
    users: ["U0ERIN001"],
  });
});

function isOlder(entry: unknown): boolean {
  return !/U0OTTO001|S0LEADS01/u.test(JSON.stringify(entry));
}
