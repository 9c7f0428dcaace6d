import { expect, test } from "vitest";
import { addMs, instantOf } from "#src/kernel/instant.ts";
import { whyNotGenuine } from "#src/signing/genuine-standing.ts";
import { soleKey } from "#src/signing/key-ring.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import type { EventOf, RecordedEvent } from "#src/upgrade/events.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { carol, dave, erin } from "#test/support/samples.ts";
import { granted, lastOf, openStage } from "./sealed-stage.ts";

test("votes that came through Slack are signed together", async () => {
  await using stage = await granted();
  expect((await stage.sign())?.approvals.map(({ userId }) => userId)).toEqual([carol.userId, erin.userId]);
  expect(await stage.alarms()).toEqual([]);
});

test("votes with words that the record cannot hold as they are, are signed all the same", async () => {
  await using stage = await openStage();
  await stage.vote(carol, { reason: "nul \u0000 and a lone \uD800" });
  await stage.vote(erin);
  expect(await stage.sign()).toBeDefined();
});

test("T15: votes written into the database by another way are not signed; the thread gets one alarm", async () => {
  await using stage = await openStage();
  const { approval, stepId, attempt } = await stage.gate();
  const { digest } = approval;
  const at = instantOf(Date.now());
  const ballots = [carol, erin].map((voter) => ({ voter, decision: "approve" as const, digest, at }));
  await stage.forge(...ballots.map((ballot) => ({ type: "ballot_cast" as const, stepId, attempt, ballot })), {
    type: "approval_granted",
    stepId,
    attempt,
    digest,
    approvedBy: [carol.userId, erin.userId],
  });

  expect(await stage.sign()).toBeUndefined();
  expect(await stage.sign()).toBeUndefined();

  expect(await stage.alarms()).toEqual([
    expect.stringMatching(/was not signed .* no vote of U0CAROL01, U0ERIN001 came/u),
  ]);
});

test.each<readonly [string, (standing: SignedStanding) => Partial<SignedStanding>]>([
  ["step", () => ({ stepId: "decommission" })],
  ["attempt", ({ attempt }) => ({ attempt: attempt + 1 })],
  ["digest", () => ({ digest: `sha256:${"0".repeat(64)}` })],
  ["person", ({ approvals }) => ({ approvals: approvals.map((vote) => ({ ...vote, userId: dave.userId })) })],
  ["proof of presence", ({ approvals }) => ({ approvals: approvals.map((vote) => ({ ...vote, stepUp: "totp" })) })],
  ["moment", ({ approvals }) => ({ approvals: approvals.map((vote) => ({ ...vote, at: addMs(vote.at, 1_000) })) })],
  [
    "represented person",
    ({ approvals }) => ({
      approvals: approvals.map((vote) => ({
        ...vote,
        onBehalfOf: [{ userId: dave.userId, human: "dave", groups: [] }],
      })),
    }),
  ],
])("T15: a vote cannot be used for another %s", async (_, change) => {
  await using stage = await granted();
  expect(await stage.sign(change)).toBeUndefined();
});

test("T33: a seal of another installation counts for nothing, and one of an earlier key does while that is trusted", async () => {
  await using stage = await granted();
  const other = generateKey();
  expect(await stage.sign(undefined, soleKey(other))).toBeUndefined();
  const rotated = { signing: other, trusted: [other.publicKey, ...stage.keys.trusted] };
  expect(await stage.sign(undefined, rotated)).toBeDefined();
});

test("T15: the sealed vote of somebody who took it back does not count again when it is copied", async () => {
  await using stage = await granted();
  const cast = await lastOf(stage, "ballot_cast");
  const { stepId, attempt } = cast;
  const { digest } = cast.ballot;
  await stage.say({ intent: "withdraw_vote", stepId, attempt, voter: erin, digest });
  await stage.forge(cast, {
    type: "approval_granted",
    stepId,
    attempt,
    digest,
    approvedBy: [carol.userId, erin.userId],
  });
  expect(await stage.sign()).toBeUndefined();
  expect(await stage.alarms()).toEqual([expect.stringMatching(/no vote of U0ERIN001 came through Slack/u)]);
});

type Ballot = EventOf<"ballot_cast">["ballot"];
type Vote = SignedStanding["approvals"][number];

test.each<readonly [string, (ballot: Ballot) => Ballot, (vote: Vote) => Partial<Vote>]>([
  ["a better proof of presence", (ballot) => ({ ...ballot, stepUp: "totp" }), () => ({ stepUp: "totp" })],
  ["other words", (ballot) => ({ ...ballot, reason: "I have looked at it" }), () => ({})],
  [
    "somebody else's place",
    (ballot) => ({ ...ballot, onBehalfOf: [dave] }),
    () => ({ onBehalfOf: [{ userId: dave.userId, human: dave.userId, groups: dave.groups }] }),
  ],
  [
    "another hour",
    (ballot) => ({ ...ballot, at: addMs(ballot.at, 3_600_000) }),
    ({ at }) => ({ at: addMs(at, 3_600_000) }),
  ],
  ["another voter", (ballot) => ({ ...ballot, voter: dave }), () => ({ userId: dave.userId, human: dave.userId })],
])("T15: a vote that was edited in the table to have %s is not genuine", async (_, edit, change) => {
  await using stage = await granted();
  const standing = await stage.sign();
  if (standing === undefined) throw new Error("not signed");
  const isErins = ({ event }: RecordedEvent) =>
    event.type === "ballot_cast" && event.ballot.voter.userId === erin.userId;
  const events = await stage.events();
  const edited = events.map((each) =>
    isErins(each) && each.event.type === "ballot_cast"
      ? { ...each, event: { ...each.event, ballot: edit(each.event.ballot) } }
      : each,
  );
  const changed = {
    ...standing,
    approvals: standing.approvals.map((vote) => (vote.userId === erin.userId ? { ...vote, ...change(vote) } : vote)),
  };
  expect(whyNotGenuine(standing, events, stage.keys.trusted)).toBeUndefined();
  expect(whyNotGenuine(changed, edited, stage.keys.trusted)).toMatch(/no vote of \w+ came through Slack/u);
});

test("T22: votes of one upgrade that were copied into another are not genuine there", async () => {
  await using stage = await granted();
  const standing = await stage.sign();
  if (standing === undefined) throw new Error("not signed");
  const elsewhere = { ...standing, upgradeId: "KU-2026-0002" as const };
  expect(whyNotGenuine(elsewhere, await stage.events(), stage.keys.trusted)).toMatch(/no vote of/u);
});

test("somebody who took a vote back and voted again counts", async () => {
  await using stage = await granted();
  const { approval, stepId, attempt } = await stage.gate();
  await stage.say({ intent: "withdraw_vote", stepId, attempt, voter: erin, digest: approval.digest });
  await stage.vote(erin);
  expect(await stage.sign()).toBeDefined();
});
