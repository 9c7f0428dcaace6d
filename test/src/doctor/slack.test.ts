import { expect, test } from "vitest";
import { readSettings } from "#src/config/settings.ts";
import { slackExaminations } from "#src/doctor/check-slack.ts";
import { examine } from "#src/doctor/examine.ts";
import type { Finding } from "#src/doctor/finding.ts";
import { botScopes } from "#src/slack/scopes.ts";
import { fakeSlack } from "#test/src/slack/fake-slack.ts";
import type { FakeSlack } from "#test/src/slack/fake-slack.ts";
import { sampleEnvironment } from "#test/support/samples.ts";
import { about, verdicts } from "./stage.ts";

const token = "xoxb-practice-very-secret";

async function slackWith(over: Parameters<typeof fakeSlack>[0]): Promise<FakeSlack> {
  return fakeSlack({
    "auth.test": () => ({ ok: true, team: "acme", user: "kong-upgrade", scopes: botScopes.join(",") }),
    "apps.connections.open": () => ({ ok: true, url: "wss://unused" }),
    "conversations.info": () => ({ ok: true, channel: { name: "kong", is_member: true } }),
    "usergroups.users.list": () => ({ ok: true, users: ["U0CAROL01"] }),
    ...over,
  });
}

function look({ apiUrl }: FakeSlack, now = Date.now): Promise<readonly Finding[]> {
  const settings = readSettings({
    SLACK_API_URL: apiUrl,
    SLACK_BOT_TOKEN: token,
    SLACK_APP_TOKEN: "xapp-practice-very-secret",
    KONG_UPGRADE_PRACTICE: "1",
  });
  return examine(slackExaminations(settings, [sampleEnvironment()], now));
}

test("token, scopes, clock, socket, channels and groups are looked at, and nothing is posted", async () => {
  const slack = await slackWith({});
  const findings = await look(slack);
  expect(verdicts(findings)).toEqual([
    "ok slack bot token",
    "ok slack scopes",
    "ok clock this host and Slack",
    "ok slack app token",
    "ok slack channel C0PRACTCE",
    "ok slack user group S0APPROVE",
  ]);
  expect(new Set(slack.calls.map(({ method }) => method))).toEqual(
    new Set(["auth.test", "apps.connections.open", "conversations.info", "usergroups.users.list"]),
  );
  expect(JSON.stringify(findings)).not.toContain("very-secret");
});

test("what is missing is named with how to get it", async () => {
  const slack = await slackWith({
    "auth.test": () => ({ ok: true, team: "acme", user: "kong-upgrade", scopes: "commands,chat:write" }),
    "apps.connections.open": () => ({ ok: false, error: "not_allowed_token_type" }),
    "conversations.info": () => ({ ok: true, channel: { name: "kong", is_member: false } }),
    "usergroups.users.list": () => ({ ok: false, error: "no_such_subteam" }),
  });
  const findings = await look(slack, () => Date.now() - 40_000);
  expect(about(findings, "scopes")).toMatchObject({ verdict: "failed", seen: expect.stringContaining("users:read") });
  expect(about(findings, "this host and Slack")).toMatchObject({ verdict: "failed" });
  expect(about(findings, "app token")).toMatchObject({ fix: expect.stringContaining("connections:write") });
  expect(about(findings, "channel C0PRACTCE")).toMatchObject({ fix: expect.stringContaining("/invite") });
  expect(about(findings, "user group S0APPROVE")).toMatchObject({ seen: expect.stringContaining("no_such_subteam") });
});

test("a token that Slack refuses, and a Slack that is away, are failed lines", async () => {
  const refused = await look(await slackWith({ "auth.test": () => ({ ok: false, error: "token_revoked" }) }));
  expect(about(refused, "bot token")).toMatchObject({ verdict: "failed", seen: "Slack refuses it: token_revoked" });
  const invalid = () => ({ ok: false, error: "invalid_auth" }) as const;
  const every = ["auth.test", "apps.connections.open", "conversations.info", "usergroups.users.list"];
  const useless = await look(await slackWith(Object.fromEntries(every.map((method) => [method, invalid]))));
  // Nobody is sent to invite a bot whose token is the only thing that is wrong.
  for (const subject of ["channel C0PRACTCE", "user group S0APPROVE"])
    expect(about(useless, subject)).toMatchObject({ verdict: "failed", fix: expect.stringContaining("bot token") });
  const away = await look({ apiUrl: "http://127.0.0.1:1/api/", calls: [], answers: new Map() });
  expect(new Set(away.map(({ verdict }) => verdict))).toEqual(new Set(["failed"]));
  for (const finding of away) expect(finding).toMatchObject({ fix: expect.stringContaining("network") });
});

test("what Slack does not answer because of its limits is not checked, and nobody is sent to correct it", async () => {
  const limited = () => ({ ok: false, error: "ratelimited" }) as const;
  const every = ["auth.test", "apps.connections.open", "conversations.info", "usergroups.users.list"];
  const findings = await look(await slackWith(Object.fromEntries(every.map((method) => [method, limited]))));
  for (const subject of ["bot token", "app token", "channel C0PRACTCE", "user group S0APPROVE"])
    expect(about(findings, subject)).toMatchObject({
      verdict: "not_checked",
      fix: expect.stringContaining("again in a minute"),
    });
});

test("a group that Slack does not list may be a disabled one", async () => {
  const gone = () => ({ ok: false, error: "no_such_subteam" }) as const;
  const findings = await look(await slackWith({ "usergroups.users.list": gone }));
  expect(about(findings, "user group S0APPROVE")).toMatchObject({ fix: expect.stringContaining("enable it") });
});
