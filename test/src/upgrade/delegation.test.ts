import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import { addMs } from "#src/kernel/instant.ts";
import { evolve } from "#src/upgrade/evolve.ts";
import { Story, id, request } from "#test/support/given.ts";
import {
  alice,
  bob,
  carol,
  dave,
  erin,
  frank,
  inSlack,
  mallory,
  sampleEnvironment,
  sampleFacts,
  gina,
  eve,
} from "#test/support/samples.ts";
import { delegate, gateOf, handOver, hourMs, lookAgain, outcome, vote, waitingForApproval } from "./at-gate.ts";

test("a delegate who is named nowhere as approver fills the seat of the one who asked them to", () => {
  const story = waitingForApproval();
  expect(vote(story, frank)).toMatchObject({ code: "ineligible" });
  expect(delegate(story, carol, frank)).toBeUndefined();
  expect(vote(story, frank, [carol])).toBeUndefined();
  expect(outcome(story)).toBe("open");
  expect(vote(story, erin)).toBeUndefined();
  expect(gateOf(story).approval.outcome).toMatchObject({ kind: "granted", approvedBy: [frank.userId, erin.userId] });
  expect(lookAgain(story, [frank, carol, erin])).toBeUndefined();
  expect(gateOf(story).approval.outcome).toHaveProperty("signed");
});

test("T29: nobody votes in the place of somebody who did not ask for it, whatever the click claims", () => {
  const story = waitingForApproval();
  expect(delegate(story, carol, frank)).toBeUndefined();
  expect(vote(story, bob, [carol])).toMatchObject({ code: "ineligible" });
  expect(vote(story, frank, [dave])).toMatchObject({ code: "ineligible" });
});

test("T29: votes are not handed on from hand to hand, in either order", () => {
  const story = waitingForApproval();
  expect(delegate(story, carol, dave)).toBeUndefined();
  expect(delegate(story, dave, frank)).toMatchObject({ code: "not_allowed" });
  expect(delegate(story, erin, carol)).toMatchObject({ code: "not_allowed" });
  expect(delegate(story, carol, frank)).toMatchObject({ code: "already_done" });
});

test("T02: whoever asked for the upgrade neither hands a vote on nor gets one, under no account", () => {
  const aliceToo: Person = { ...alice, userId: "U0ALICE02", groups: ["S0APPROVE"], human: "alice" };
  const asAlice: Person = { ...alice, human: "alice" };
  const irreversible = quorumPolicy({ users: [], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: hourMs });
  const story = new Story()
    .must({ ...request, environment: sampleEnvironment({ policies: { irreversible } }), by: inSlack(asAlice) })
    .must({ intent: "report_survey", facts: sampleFacts() });
  expect(delegate(story, carol, aliceToo)).toMatchObject({ code: "not_allowed" });
  expect(delegate(story, aliceToo, dave)).toMatchObject({ code: "ineligible" });
  expect(delegate(waitingForApproval(), carol, alice)).toMatchObject({ code: "not_allowed" });
});

test.for([
  ["a guest", { ...gina, groups: ["S0APPROVE"] }],
  ["somebody of another organisation", { ...eve, groups: ["S0APPROVE"] }],
  ["somebody who is named nowhere", mallory],
  ["somebody who could not be looked up", { kind: "unknown" as const, userId: "U0DAVE001", problem: "timeout" }],
  ["themselves", carol],
] as const)("T29: an approver cannot hand their vote to %s", ([, to]) => {
  expect(delegate(waitingForApproval(), carol, to)).toMatchObject({ code: "not_allowed" });
});

test("T29: a delegation lasts at most seven days and not less than nothing, and not where the policy forbids it", () => {
  expect(delegate(waitingForApproval(), carol, frank, 7 * 24 * hourMs)).toBeUndefined();
  expect(delegate(waitingForApproval(), carol, frank, 7 * 24 * hourMs + 1)).toMatchObject({ code: "not_allowed" });
  expect(delegate(waitingForApproval(), carol, frank, 0)).toMatchObject({ code: "not_allowed" });
  expect(delegate(waitingForApproval({ allowsDelegation: false }), carol, frank)).toMatchObject({
    code: "not_allowed",
  });
});

test("a delegate who is an approver too counts once, for themselves or for the other, not for both", () => {
  const story = waitingForApproval();
  expect(delegate(story, carol, dave)).toBeUndefined();
  expect(vote(story, dave, [carol])).toBeUndefined();
  expect(outcome(story)).toBe("open");
  expect(vote(story, dave, [carol])).toMatchObject({ code: "already_decided" });
  expect(vote(story, erin)).toBeUndefined();
  expect(outcome(story)).toBe("granted");
});

test("two delegations to one person are one vote", () => {
  const story = waitingForApproval();
  expect(delegate(story, carol, frank)).toBeUndefined();
  expect(delegate(story, dave, frank)).toBeUndefined();
  expect(vote(story, frank, [carol, dave])).toBeUndefined();
  expect(outcome(story)).toBe("open");
  expect(vote(story, erin)).toBeUndefined();
  expect(outcome(story)).toBe("granted");
});

test("T29: whoever handed their vote on votes only after ending it, and then the delegate's vote is gone", () => {
  const story = waitingForApproval();
  expect(delegate(story, carol, frank)).toBeUndefined();
  expect(vote(story, carol)).toMatchObject({ code: "ineligible" });
  expect(vote(story, frank, [carol])).toBeUndefined();
  expect(story.say({ intent: "end_delegation", person: carol })).toBeUndefined();
  expect(gateOf(story).approval.ballots).toEqual([]);
  expect(vote(story, carol)).toBeUndefined();
  expect(vote(story, frank, [carol])).toMatchObject({ code: "ineligible" });
  expect(outcome(story)).toBe("open");
});

test("an ended delegation opens an approval again that is complete and not used yet", () => {
  const story = waitingForApproval();
  expect(delegate(story, carol, frank)).toBeUndefined();
  expect(vote(story, frank, [carol])).toBeUndefined();
  expect(vote(story, erin)).toBeUndefined();
  expect(outcome(story)).toBe("granted");
  expect(story.say({ intent: "end_delegation", person: frank })).toBeUndefined();
  expect(outcome(story)).toBe("open");
  expect(gateOf(story).approval.ballots.map(({ voter }) => voter.userId)).toEqual([erin.userId]);
  expect(story.say({ intent: "end_delegation", person: carol })).toMatchObject({ code: "already_done" });
});

test("a delegate ends everything that was handed to them at once, and loses one vote, not two", () => {
  const story = waitingForApproval();
  for (const from of [carol, dave]) expect(delegate(story, from, frank)).toBeUndefined();
  expect(vote(story, frank, [carol, dave])).toBeUndefined();
  expect(story.say({ intent: "end_delegation", person: frank })).toBeUndefined();
  expect(story.active.delegations).toEqual([]);
  expect(story.events.filter(({ type }) => type === "approval_voided")).toHaveLength(1);
  expect(gateOf(story).approval.ballots).toEqual([]);
});

test("after its time a delegation gives no vote, and the one who handed it on votes again; both together are one", () => {
  const story = waitingForApproval();
  expect(delegate(story, carol, frank, hourMs)).toBeUndefined();
  expect(vote(story, frank, [carol])).toBeUndefined();
  story.wait(hourMs + 1);
  expect(vote(story, carol)).toBeUndefined();
  expect(outcome(story)).toBe("open");
  const late = waitingForApproval();
  expect(delegate(late, carol, frank, hourMs)).toBeUndefined();
  late.wait(hourMs + 1);
  expect(vote(late, frank, [carol])).toMatchObject({ code: "ineligible" });
  expect(delegate(late, carol, dave)).toBeUndefined();
});

test("when the one who handed their vote on left the group before the start, the delegate does not count any more", () => {
  const story = waitingForApproval();
  expect(delegate(story, carol, frank)).toBeUndefined();
  expect(vote(story, frank, [carol])).toBeUndefined();
  expect(vote(story, erin)).toBeUndefined();
  expect(lookAgain(story, [frank, { ...carol, groups: [] }, erin])).toBeUndefined();
  expect(story.events.at(-1)).toMatchObject({ type: "approval_voided", people: [{ userId: frank.userId }] });
  expect(outcome(story)).toBe("open");
});

test("a vote that was cast already is withdrawn before it can be handed on", () => {
  const story = waitingForApproval();
  expect(vote(story, carol)).toBeUndefined();
  expect(delegate(story, carol, frank)).toMatchObject({ code: "not_now" });
  const { stepId, attempt, approval } = gateOf(story);
  story.must({ intent: "withdraw_vote", stepId, attempt, voter: carol, digest: approval.digest });
  expect(delegate(story, carol, frank)).toBeUndefined();
});

test("T29: a vote that was used by one delegate is not handed to a second one after its time", () => {
  const story = waitingForApproval();
  expect(delegate(story, carol, frank, hourMs)).toBeUndefined();
  expect(vote(story, frank, [carol])).toBeUndefined();
  story.wait(hourMs + 1);
  expect(delegate(story, carol, bob)).toMatchObject({ code: "not_now" });
  expect(vote(story, bob, [carol])).toMatchObject({ code: "ineligible" });
  expect(outcome(story)).toBe("open");
});

test("what a delegate voted in time is taken back by ending the delegation, also when its time is over", () => {
  for (const who of [carol, frank]) {
    const story = waitingForApproval();
    expect(delegate(story, carol, frank, hourMs)).toBeUndefined();
    expect(vote(story, frank, [carol])).toBeUndefined();
    story.wait(hourMs + 1);
    expect(story.say({ intent: "end_delegation", person: who })).toBeUndefined();
    expect(gateOf(story).approval.ballots).toEqual([]);
    expect(story.say({ intent: "end_delegation", person: who })).toMatchObject({ code: "already_done" });
    expect(delegate(story, carol, bob)).toBeUndefined();
    expect(vote(story, bob, [carol])).toBeUndefined();
  }
});

test("where other people are wanted, whoever lent their list to a delegate does not approve the next step, nor lends it again", () => {
  const story = waitingForApproval({ needsOtherPeople: true });
  expect(delegate(story, carol, frank, hourMs)).toBeUndefined();
  for (const voter of [frank, erin]) expect(vote(story, voter, [carol])).toBeUndefined();
  expect(lookAgain(story, [frank, carol, erin])).toBeUndefined();
  story.advance();
  story.wait(hourMs + 1).runUntilIrreversible();
  for (const voter of [carol, frank, erin]) expect(vote(story, voter)).toMatchObject({ code: "ineligible" });
  expect(delegate(story, carol, bob)).toBeUndefined();
  expect(vote(story, bob, [carol])).toMatchObject({ code: "ineligible" });
  expect(vote(story, dave)).toBeUndefined();
});

test("T29: where the policy of the step lets nobody vote for others, a delegation within another policy gives no vote", () => {
  const story = waitingForApproval({ allowsDelegation: false });
  const until = addMs(story.now, hourMs);
  const event = { type: "vote_delegated", from: carol, to: frank, until } as const;
  story.upgrade = evolve(story.upgrade, { upgradeId: id, version: story.occurred.length + 1, at: story.now, event });
  expect(vote(story, frank, [carol])).toMatchObject({ code: "ineligible" });
});

test("a delegation ends when its delegate takes the upgrade over, so that whoever handed the vote on can vote again", () => {
  const story = waitingForApproval();
  expect(delegate(story, carol, frank)).toBeUndefined();
  expect(vote(story, carol)).toMatchObject({ code: "ineligible" });
  expect(handOver(story, frank)).toBeUndefined();
  expect(story.active.delegations).toEqual([]);
  expect(story.events.at(-1)).toMatchObject({ type: "delegation_ended", from: carol, to: frank });
  expect(vote(story, carol)).toBeUndefined();
});

test("a delegation ends when its delegate starts the plan, or turns back", () => {
  const planned = new Story().must({ ...request, environment: sampleEnvironment() });
  planned.must({ intent: "report_survey", facts: sampleFacts() });
  expect(delegate(planned, carol, dave)).toBeUndefined();
  planned.must({ intent: "start", by: inSlack(dave) });
  expect(planned.active.delegations).toEqual([]);

  const story = waitingForApproval();
  expect(delegate(story, carol, frank)).toBeUndefined();
  story.must({ intent: "roll_back", reason: "slow", by: inSlack(frank) });
  expect(story.active.delegations).toEqual([]);
});

test("whoever votes again with another account hears which one counts, and how to vote with this one instead", () => {
  const story = waitingForApproval();
  const asCarol: Person = { ...carol, human: "carol" };
  expect(vote(story, asCarol)).toBeUndefined();
  expect(vote(story, asCarol)).toMatchObject({ sentence: "Your vote is already counted." });
  const again = vote(story, { ...asCarol, userId: "U0CAROL02" });
  expect(again).toMatchObject({ code: "already_decided", help: expect.stringContaining("Withdraw that vote") });
  expect(again?.sentence).toContain("<@U0CAROL01>");
});
