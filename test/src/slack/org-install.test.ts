import { createHmac } from "node:crypto";
import { onTestFinished, expect, test } from "vitest";
import { createClients, identify } from "#src/slack/clients.ts";
import { emptyDirectory } from "#approvals/directory.ts";
import { startSlackApp } from "#src/slack/app.ts";
import { freePort } from "#test/practice/slack/app.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { sampleEnvironment } from "#test/support/samples.ts";
import { MemoryLog, MemoryPosts } from "./bot.ts";
import { fakeSlack, userOf } from "./fake-slack.ts";

const signingSecret = "practice-0123456789abcdef";
const grid = { enterprise_user: { enterprise_id: "E0ACME001", teams: ["T0ACME001"] } };

/** Slack's answers to an app that is installed on a whole organisation. */
function organisation(teams: readonly string[]) {
  return fakeSlack({
    "auth.test": () => ({
      ok: true,
      team: "Acme Org",
      team_id: "E0ACME001",
      enterprise_id: "E0ACME001",
      user: "bot",
      user_id: "W0BOT0001",
      bot_id: "B0BOT0001",
      is_enterprise_install: true,
    }),
    "auth.teams.list": () => ({ ok: true, teams: teams.map((id) => ({ id, name: id })) }),
    "bots.info": () => ({ ok: true, bot: { id: "B0BOT0001", app_id: "A0KONGUP1" } }),
    "users.info": ({ user = "" }) => ({ ok: true, user: userOf(user, grid) }),
    "usergroups.list": () => ({ ok: true, usergroups: [] }),
    "usergroups.users.list": () => ({ ok: true, users: ["U0CAROL01", "U0DAVE001"] }),
    "conversations.info": () => ({ ok: true, channel: { id: "C0PRACTCE", is_ext_shared: false } }),
    "chat.postEphemeral": () => ({ ok: true }),
    "views.publish": () => ({ ok: true }),
  });
}

const identityAt = async (teams: readonly string[]) => {
  const { apiUrl } = await organisation(teams);
  return identify(createClients("xoxb-practice-x", apiUrl, new MemoryLog()), apiUrl);
};

test("an app of a whole organisation is at home in the one workspace that it was granted to", async () => {
  expect(await identityAt(["T0ACME001"])).toMatchObject({
    teamId: "T0ACME001",
    enterpriseId: "E0ACME001",
    isOrgInstall: true,
  });
});

test.each([
  ["no workspace", []],
  ["several workspaces", ["T0ACME001", "T0ACME002"]],
])(
  "an app of a whole organisation with %s does not start: whose members may approve is not clear",
  async (_, teams) => {
    await expect(identityAt(teams)).rejects.toMatchObject({ code: "config_invalid" });
  },
);

async function start() {
  const slack = await organisation(["T0ACME001"]);
  const port = await freePort();
  const desk = new MemoryDesk();
  const log = new MemoryLog();
  const app = await startSlackApp({
    settings: {
      apiUrl: slack.apiUrl,
      botToken: "xoxb-practice-x",
      delivery: { kind: "http", signingSecret, port },
      isPractice: true,
    },
    environments: [sampleEnvironment()],
    directory: emptyDirectory,
    desk,
    posts: new MemoryPosts(),
    recheckApproval: async () => undefined,
    isFirstDelivery: async () => true,
    records: () => ({
      exportRecord: () => Promise.reject(new Error("no")),
      verifyRecord: () => Promise.reject(new Error("no")),
    }),
    log,
    now: Date.now,
    steadyNow: () => performance.now(),
    toolVersion: "test",
    isStandby: true,
  });
  onTestFinished(() => app[Symbol.asyncDispose]());
  const send = async (body: string, type: string): Promise<number> => {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac("sha256", signingSecret).update(`v0:${timestamp}:${body}`).digest("hex");
    const response = await fetch(`http://127.0.0.1:${port}/slack/events`, {
      method: "POST",
      headers: {
        "content-type": type,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": `v0=${signature}`,
      },
      body,
    });
    return response.status;
  };
  const form = "application/x-www-form-urlencoded";
  return {
    slack,
    desk,
    log,
    command: (fields: Readonly<Record<string, string>>) => send(String(new URLSearchParams(fields)), form),
    interaction: (payload: object) => send(String(new URLSearchParams({ payload: JSON.stringify(payload) })), form),
    event: (payload: object) => send(JSON.stringify(payload), "application/json"),
    said: () =>
      slack.calls.filter(({ method }) => method === "chat.postEphemeral").map(({ args }) => args["text"] ?? ""),
  };
}

const inOrganisation = {
  api_app_id: "A0KONGUP1",
  enterprise: { id: "E0ACME001", name: "Acme" },
  is_enterprise_install: true,
};

test("signed payloads of a whole organisation, which name no team, are served, and every call says the workspace", async () => {
  const bot = await start();
  const typed = await bot.command({
    api_app_id: "A0KONGUP1",
    team_id: "T0ACME001",
    enterprise_id: "E0ACME001",
    is_enterprise_install: "true",
    user_id: "W0ALICE01",
    channel_id: "C0PRACTCE",
    command: "/kong-upgrade",
    text: "plan practice --to 3.4.2",
    trigger_id: "1.1.1",
    response_url: "",
  });
  expect(typed).toBe(200);
  await waitUntil("the upgrade", async () => (await bot.desk.list({ limit: 1 })).length === 1);
  const clicked = await bot.interaction({
    ...inOrganisation,
    type: "block_actions",
    team: null,
    trigger_id: "1.1.2",
    user: { id: "W0ALICE01", team_id: "E0ACME001" },
    channel: { id: "C0PRACTCE" },
    container: { type: "message", message_ts: "1.1", channel_id: "C0PRACTCE" },
    actions: [{ type: "button", block_id: "b", action_id: "ku_abort_of_old", value: "1" }],
  });
  expect(clicked).toBe(200);
  await waitUntil("the answer", () => bot.said().some((text) => text.includes("older version of me")));
  const opened = await bot.event({
    type: "event_callback",
    api_app_id: "A0KONGUP1",
    team_id: null,
    enterprise_id: "E0ACME001",
    event_id: "Ev1",
    authorizations: [
      { enterprise_id: "E0ACME001", team_id: null, user_id: "W0BOT0001", is_bot: true, is_enterprise_install: true },
    ],
    event: { type: "app_home_opened", user: "W0ALICE01", channel: "D0ALICE01", tab: "home", event_ts: "1.1" },
  });
  expect(opened).toBe(200);
  await waitUntil("the home", () => bot.slack.calls.some(({ method }) => method === "views.publish"));
  const [first, second, ...later] = bot.slack.calls;
  expect([first?.method, second?.method]).toEqual(["auth.test", "auth.teams.list"]);
  expect(later.length).toBeGreaterThan(5);
  for (const call of later) expect(call).toMatchObject({ args: { team_id: "T0ACME001" } });
});

test("signed nonsense is acknowledged, and the bot goes on", async () => {
  const bot = await start();
  const base = {
    ...inOrganisation,
    type: "block_actions",
    team: null,
    user: { id: "W0ALICE01", team_id: "T0ACME001" },
  };
  const nonsense = [
    { ...base, trigger_id: 7, actions: [{ type: "button", block_id: "b", action_id: "ku_approve", value: "1" }] },
    { ...base, user: { id: "<!channel>" }, actions: [{ type: "button", block_id: "b", action_id: "ku_approve" }] },
    { ...base, type: "view_submission", view: { id: "V1", callback_id: "ku_modal_reject", state: null } },
  ];
  for (const payload of nonsense) expect(await bot.interaction(payload)).toBe(200);
  expect(await bot.command({ api_app_id: "A0KONGUP1", command: "/kong-upgrade", user_id: "W0ALICE01" })).toBe(200);
  await waitUntil(
    "four log lines",
    () => bot.log.lines.filter(({ message }) => message.includes("cannot read")).length === 4,
  );
  expect(bot.log.lines.filter(({ level }) => level === "error")).toEqual([]);
});
