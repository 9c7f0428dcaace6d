import { expect, test } from "vitest";
import { request } from "#test/support/given.ts";
import { instantOf } from "#src/kernel/instant.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { carol, dave, erin, frank } from "#test/support/samples.ts";
import { granted, openStage } from "./sealed-stage.ts";
import type { Stage } from "./sealed-stage.ts";

const patient = { ...request.environment.policies.irreversible, denyThreshold: 2 };

test("T15: a rejection that only the database took back is not left out, one that was taken back in Slack is", async () => {
  await using stage = await granted(patient);
  await stage.vote(dave, { decision: "reject", reason: "not tonight" });
  const { approval, stepId, attempt } = await stage.gate();
  const { digest } = approval;
  expect((await stage.sign())?.rejectedBy).toEqual([dave.userId]);
  await stage.forge(
    { type: "ballot_withdrawn", stepId, attempt, by: dave, digest },
    { type: "approval_granted", stepId, attempt, digest, approvedBy: [carol.userId, erin.userId] },
  );
  expect(await stage.sign()).toBeUndefined();
  expect(await stage.alarms()).toEqual([expect.stringMatching(/the rejection of U0DAVE001 is missing/u)]);
});

test("a rejection that was taken back in Slack is gone", async () => {
  await using stage = await granted(patient);
  await stage.vote(dave, { decision: "reject", reason: "not tonight" });
  const { approval, stepId, attempt } = await stage.gate();
  await stage.say({ intent: "withdraw_vote", stepId, attempt, voter: dave, digest: approval.digest });
  expect((await stage.sign())?.rejectedBy).toEqual([]);
});

/** Frank is an operator and votes in carol's place. */
async function delegated(stage: Stage, isSealed: "sealed" | "forged"): Promise<void> {
  const until = instantOf(Date.now() + 3_600_000);
  if (isSealed === "sealed") await stage.say({ intent: "delegate_vote", from: carol, to: frank, until });
  else await stage.forge({ type: "vote_delegated", from: carol, to: frank, until });
  await stage.vote(frank, { onBehalfOf: [carol] });
  await stage.vote(erin);
}

const withFrank = {
  ...request.environment.policies.irreversible,
  escalations: [{ afterMs: 60_000, users: [frank.userId], groups: [] }],
};

test("a vote in the place of somebody who asked for that in Slack is signed as such", async () => {
  await using stage = await openStage(withFrank);
  await delegated(stage, "sealed");
  const [first] = (await stage.sign())?.approvals ?? [];
  expect(first).toMatchObject({ userId: frank.userId, onBehalfOf: [{ userId: carol.userId }] });
});

test("T15: a delegation that was only written into the database makes nobody an approver", async () => {
  await using stage = await openStage(withFrank);
  await delegated(stage, "forged");
  expect(await stage.sign()).toBeUndefined();
  expect(await stage.alarms()).toEqual([expect.stringMatching(/no vote of U0FRANK01 came through Slack/u)]);
});

const breakable = { ...request.environment.policies.irreversible, breakGlass: [erin.userId] };

async function breakGlass(stage: Stage): Promise<void> {
  const { approval, stepId, attempt } = await stage.gate();
  const words = { reason: "orders fail", incident: "INC-4711", stepUp: "confirm", skipped: [carol.userId] } as const;
  await stage.say({ intent: "break_glass", stepId, attempt, digest: approval.digest, person: erin, ...words });
}

test("a glass that was broken in Slack is signed with its reason and incident", async () => {
  await using stage = await openStage(breakable);
  await breakGlass(stage);
  expect((await stage.sign())?.brokenGlass).toMatchObject({ userId: erin.userId, incident: "INC-4711" });
});

test.each<readonly [string, Partial<NonNullable<SignedStanding["brokenGlass"]>>]>([
  ["person", { userId: carol.userId }],
  ["reason", { reason: "none" }],
  ["incident", { incident: "INC-1" }],
  ["proof of presence", { stepUp: "totp" }],
])("a broken glass cannot be passed off with another %s", async (_, change) => {
  await using stage = await openStage(breakable);
  await breakGlass(stage);
  const forged = await stage.sign(
    ({ brokenGlass }) => (brokenGlass && { brokenGlass: { ...brokenGlass, ...change } }) ?? {},
  );
  expect(forged).toBeUndefined();
});

test("T15: a glass that was only broken in the database is not signed", async () => {
  await using stage = await openStage(breakable);
  const { approval, stepId, attempt } = await stage.gate();
  await stage.forge({
    type: "glass_broken",
    stepId,
    attempt,
    digest: approval.digest,
    by: erin,
    reason: "orders fail",
    incident: "INC-4711",
    stepUp: "totp",
    skipped: [],
    expiresAt: instantOf(Date.now() + 60_000),
  });
  expect(await stage.sign()).toBeUndefined();
  expect(await stage.alarms()).toEqual([expect.stringMatching(/the glass was not broken in Slack by U0ERIN001/u)]);
});
