import { emptyDirectory } from "#approvals/directory.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import { WebClient } from "@slack/web-api";
import { expect, test } from "vitest";
import { eligibilityOf } from "#approvals/eligibility.ts";
import { slackLogger } from "#src/slack/clients.ts";
import { People } from "#src/slack/people.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { stage } from "#test/practice/slack/stage.ts";
import { MemoryLog, manifestPath } from "./bot.ts";

const policy = { users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 1, expiresAfterMs: 1 };

async function lookUps(options: Parameters<typeof stage>[0] = {}) {
  const s = await stage({ manifestPath, ...options });
  const clock = { nowMs: 1_000_000 };
  const client = new WebClient(CREDENTIALS.bot_token, {
    slackApiUrl: s.workspace.slackApiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: slackLogger(new MemoryLog()),
  });
  const people = new People({
    client,
    home: { teamId: "T0ACME001" },
    directory: emptyDirectory,
    readRoster: () => Promise.reject(new Error("no rosters here")),
    log: new MemoryLog(),
    now: () => clock.nowMs,
  });
  const lookUp = (userId: string, over: { readonly teamId?: string; readonly isFresh?: boolean } = {}) =>
    people.lookUp({ userId, groups: policy.groups, isFresh: false, ...over });
  return { s, clock, people, lookUp };
}

/** A user group for each of many teams, all with carol in it, in a workspace that keeps Slack's limits. */
async function manyTeams(count: number) {
  const all = await lookUps({ rateLimits: "real" });
  const groups = Array.from({ length: count }, (_, index) => `S0TEAM${String(index + 1).padStart(3, "0")}`);
  for (const group of groups) await all.s.person("groups", { group, users: ["U0CAROL01"] });
  return { ...all, groups };
}

test.each([
  ["U0CAROL01", "eligible"],
  ["U0ERIN001", "eligible"],
  ["U0FRANK01", "not_named"],
  ["U0MALLO01", "not_named"],
  ["U0GUEST01", "is_guest"],
  ["U0EVE0X01", "is_external"],
  ["U0DORA001", "is_deactivated"],
  ["U0BOT0001", "is_bot"],
  ["U0NOBODY1", "look_up_failed"],
])("T04: %s counts as %s", async (userId, expected) => {
  const { lookUp } = await lookUps();
  const eligibility = eligibilityOf(
    { policy: quorumPolicy(policy), requesterIds: [], earlierVoterIds: [] },
    await lookUp(userId),
  );
  expect(eligibility.kind === "eligible" ? "eligible" : eligibility.reason).toBe(expected);
});

test("T05: somebody whom the payload puts into another team is external, whatever the look-up says", async () => {
  const { lookUp } = await lookUps();
  expect(await lookUp("U0CAROL01", { teamId: "T0OTHER01" })).toMatchObject({ isHomeTeam: false, teamId: "T0OTHER01" });
  expect(await lookUp("U0CAROL01", { teamId: "T0ACME001" })).toMatchObject({ isHomeTeam: true });
});

test("T08: who left the group or was deactivated is seen at once by a fresh look, after a minute by any other", async () => {
  const { s, clock, lookUp } = await lookUps();
  expect(await lookUp("U0CAROL01")).toMatchObject({ groups: ["S0APPROVE"], isDeactivated: false });
  await s.person("faults", { set_group: { group: "S0APPROVE", users: ["U0DAVE001"] } });
  await s.person("faults", { deactivate: { user: "U0CAROL01", deleted: true } });
  expect(await lookUp("U0CAROL01")).toMatchObject({ groups: ["S0APPROVE"], isDeactivated: false });
  expect(await lookUp("U0CAROL01", { isFresh: true })).toMatchObject({ groups: [], isDeactivated: true });
  await s.person("faults", { deactivate: { user: "U0CAROL01", deleted: false } });
  clock.nowMs += 61_000;
  expect(await lookUp("U0CAROL01")).toMatchObject({ isDeactivated: false });
});

test("a look-up of a person that Slack fails is somebody unknown", async () => {
  const { s, lookUp } = await lookUps();
  await s.person("faults", { fail_next: { method: "users.info", count: 1, status: 500 } });
  expect(await lookUp("U0CAROL01", { isFresh: true })).toMatchObject({ kind: "unknown", userId: "U0CAROL01" });
});

test("T09: while a group cannot be read, only those count whom the policy names otherwise", async () => {
  const { s, lookUp } = await lookUps();
  const reasonOf = async (userId: string): Promise<string> => {
    await s.person("faults", { fail_next: { method: "usergroups.users.list", count: 1, status: 500 } });
    const electorate = { policy: quorumPolicy(policy), requesterIds: [], earlierVoterIds: [] };
    const eligibility = eligibilityOf(electorate, await lookUp(userId, { isFresh: true }));
    return eligibility.kind === "eligible" ? "eligible" : eligibility.reason;
  };
  expect(await reasonOf("U0CAROL01")).toBe("look_up_failed");
  expect(await reasonOf("U0FRANK01")).toBe("look_up_failed");
  expect(await reasonOf("U0ERIN001")).toBe("eligible");
  expect(await reasonOf("U0GUEST01")).toBe("is_guest");
});

test("somebody is looked up in the groups of all environments, however many more there are than Slack answers questions", async () => {
  const { people, groups } = await manyTeams(60);
  const carol = await people.lookUp({ userId: "U0CAROL01", groups, isFresh: false });
  expect(carol).toMatchObject({ kind: "known", groups });
  expect(carol).not.toHaveProperty("unreadGroups");
  expect(await people.listed({ users: [], groups })).toMatchObject({ unreadGroups: [] });
});

test("votes in more groups than Slack answers questions about in a minute count, on what is true now", async () => {
  const { s, people, groups } = await manyTeams(30);
  const [first = "", ...others] = groups;
  for (const group of others)
    expect(await people.lookUp({ userId: "U0CAROL01", groups: [group], isFresh: true })).toMatchObject({
      groups: [group],
    });
  await s.person("groups", { group: first, users: ["U0DAVE001"] });
  const carol = await people.lookUp({ userId: "U0CAROL01", groups: [first], isFresh: true });
  expect(carol).toMatchObject({ kind: "known", groups: [] });
  expect(carol).not.toHaveProperty("unreadGroups");
});

test("the approvers of many environments are listed one environment after the other", async () => {
  const { people, groups } = await manyTeams(30);
  for (const group of groups)
    expect(await people.listed({ users: [], groups: [group] })).toMatchObject({
      people: [{ userId: "U0CAROL01" }],
      unreadGroups: [],
    });
});

test("an approver who votes in very many upgrades within a minute stays known, and is looked up anew after that", async () => {
  const { s, clock, lookUp } = await lookUps({ rateLimits: "real" });
  for (let vote = 1; vote <= 110; vote += 1)
    expect(await lookUp("U0CAROL01", { isFresh: true })).toMatchObject({ kind: "known" });
  expect(await lookUp("U0DAVE001", { isFresh: true })).toMatchObject({ kind: "unknown" });
  await s.person("faults", { rate_limits: "off", deactivate: { user: "U0CAROL01", deleted: true } });
  clock.nowMs += 61_000;
  expect(await lookUp("U0CAROL01", { isFresh: true })).toMatchObject({ isDeactivated: true });
});

test("a group that was switched off is not read as empty among many others", async () => {
  const { s, people, groups } = await manyTeams(10);
  const [off = ""] = groups;
  await s.person("groups", { group: off, disabled: true });
  expect(await people.lookUp({ userId: "U0CAROL01", groups, isFresh: false })).toMatchObject({
    groups: groups.slice(1),
    unreadGroups: [off],
  });
});
