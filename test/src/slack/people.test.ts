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

async function lookUps() {
  const s = await stage({ manifestPath });
  const clock = { nowMs: 1_000_000 };
  const client = new WebClient(CREDENTIALS.bot_token, {
    slackApiUrl: s.workspace.slackApiUrl,
    retryConfig: { retries: 0 },
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
  return { s, clock, lookUp };
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
