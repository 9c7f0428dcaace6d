import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import { addMs } from "#src/kernel/instant.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { ownerOf, requesterIdsOf } from "#src/upgrade/state.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { Story, envelope, request } from "#test/support/given.ts";
import {
  alice,
  bob,
  carol,
  dave,
  erin,
  eve,
  frank,
  gina,
  inSlack,
  mallory,
  sampleEnvironment,
  sampleFacts,
} from "#test/support/samples.ts";

const hourMs = 3_600_000;

/** Two of carol, dave (by their group) and erin; frank and bob may operate; frank may break the glass. */
function waitingForApproval(over: Partial<Policy> = {}): Story {
  const irreversible = quorumPolicy(
    { users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 24 * hourMs },
    { breakGlass: ["U0FRANK01"], ...over },
  );
  const operators = { users: [alice, bob, frank].map(({ userId }) => userId), groups: [] };
  const environment = sampleEnvironment({ policies: { irreversible }, operators });
  return new Story()
    .must({ ...request, environment })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
}

interface Gate {
  readonly stepId: string;
  readonly attempt: number;
  readonly approval: ApprovalRequest;
}

function gateOf(story: Story): Gate {
  const current = currentStep(story.active);
  if (current?.progress.kind !== "ready" || current.progress.approval === undefined) throw new Error("no gate");
  return { stepId: current.step.id, attempt: current.progress.attempt, approval: current.progress.approval };
}

const outcome = (story: Story): string => gateOf(story).approval.outcome.kind;

function vote(story: Story, voter: Person, onBehalfOf: readonly Person[] = []): Refusal | undefined {
  const { stepId, attempt, approval } = gateOf(story);
  const { digest } = approval;
  return story.say({ intent: "vote", stepId, attempt, voter, decision: "approve", digest, onBehalfOf });
}

const delegate = (story: Story, from: Person, to: Person, forMs = 8 * hourMs): Refusal | undefined =>
  story.say({ intent: "delegate_vote", from, to, until: addMs(story.now, forMs) });

function lookAgain(story: Story, people: readonly Person[]): Refusal | undefined {
  const { stepId, attempt } = gateOf(story);
  return story.say({ intent: "recheck_approval", stepId, attempt, people, envelope, checkedAt: story.now });
}

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

const handOver = (story: Story, to: Person, by: Person = alice): Refusal | undefined =>
  story.say({ intent: "hand_over", to, by: inSlack(by) });

test("an upgrade can be handed over while it is looked at, planned and executed, and stays handed over", () => {
  const environment = sampleEnvironment();
  const story = new Story().must({ ...request, environment });
  expect(handOver(story, bob)).toBeUndefined();
  story.must({ intent: "report_survey", facts: sampleFacts() });
  if (story.upgrade === undefined) throw new Error("nothing");
  expect(ownerOf(story.upgrade)).toEqual(inSlack(bob));
  expect(handOver(story, frank, bob)).toBeUndefined();
  story.must({ intent: "start", by: inSlack(frank) }).runUntilIrreversible();
  expect(handOver(story, erin, frank)).toBeUndefined();
  expect(ownerOf(story.active)).toEqual(inSlack(erin));
  const excluded = [alice, bob, frank, erin].map(({ userId }) => userId);
  expect(requesterIdsOf(story.active).toSorted()).toEqual(excluded.toSorted());
  for (const voter of [alice, erin]) expect(vote(story, voter)).toMatchObject({ code: "ineligible" });
});

test("T02: the new owner is excluded at the gate that is open, the old one stays so, and at every later gate", () => {
  const story = waitingForApproval();
  expect(vote(story, carol)).toBeUndefined();
  expect(handOver(story, frank)).toBeUndefined();
  expect(gateOf(story).approval.requesterIds).toEqual(expect.arrayContaining([alice.userId, frank.userId]));
  expect(vote(story, frank)).toMatchObject({ code: "ineligible" });
  expect(vote(story, alice)).toMatchObject({ code: "ineligible" });
  expect(vote(story, erin)).toBeUndefined();
  expect(outcome(story)).toBe("granted");
});

test("T02: whoever started or turned back is excluded as who planned is", () => {
  const story = new Story()
    .must(request)
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(carol) })
    .runUntilIrreversible();
  for (const voter of [alice, carol]) expect(vote(story, voter)).toMatchObject({ code: "ineligible" });
  expect(vote(story, dave)).toBeUndefined();
  story.must({ intent: "roll_back", reason: "slow", by: inSlack(erin) });
  const excluded = [alice, carol, erin].map(({ userId }) => userId);
  expect(requesterIdsOf(story.active).toSorted()).toEqual(excluded.toSorted());
});

test("nobody takes over what they voted on, and only operators take over", () => {
  const open = sampleEnvironment();
  const story = new Story()
    .must({ ...request, environment: open })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
  expect(vote(story, carol)).toBeUndefined();
  expect(handOver(story, carol)).toMatchObject({ code: "not_now" });
  expect(handOver(story, gina)).toMatchObject({ code: "not_allowed" });
  expect(handOver(story, alice)).toMatchObject({ code: "already_done" });
  expect(handOver(waitingForApproval(), mallory)).toMatchObject({ code: "not_allowed" });
});

test("T02: a vote in the place of somebody who takes over does not count at the second look", () => {
  const irreversible = quorumPolicy({ users: [], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 24 * hourMs });
  const story = new Story()
    .must({ ...request, environment: sampleEnvironment({ policies: { irreversible } }) })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
  const third: Person = { ...bob, userId: "U0THIRD01", groups: ["S0APPROVE"] };
  story.must({ intent: "delegate_vote", from: carol, to: third, until: addMs(story.now, hourMs) });
  expect(vote(story, dave)).toBeUndefined();
  expect(vote(story, third, [carol])).toBeUndefined();
  expect(outcome(story)).toBe("granted");
  expect(handOver(story, carol)).toBeUndefined();
  expect(lookAgain(story, [dave, { ...third, groups: [] }, carol])).toBeUndefined();
  expect(outcome(story)).toBe("open");
});

function breakGlass(story: Story, person: Person, over: { readonly incident?: string; readonly reason?: string } = {}) {
  const { stepId, attempt, approval } = gateOf(story);
  return story.say({
    intent: "break_glass",
    stepId,
    attempt,
    digest: approval.digest,
    person,
    reason: over.reason ?? "down",
    incident: over.incident ?? "INC-1",
    stepUp: "confirm",
    skipped: [carol.userId],
  });
}

test("T27: only those who are named break the glass, with reason and incident, and not over a rejection", () => {
  const story = waitingForApproval();
  for (const who of [alice, carol, mallory]) expect(breakGlass(story, who)).toMatchObject({ code: "not_allowed" });
  expect(breakGlass(story, { ...frank, isGuest: true })).toMatchObject({ code: "ineligible" });
  expect(breakGlass(story, frank, { reason: " " })).toMatchObject({ code: "note_missing" });
  expect(breakGlass(story, frank, { incident: "" })).toMatchObject({ code: "note_missing" });
  expect(breakGlass(story, frank)).toBeUndefined();
  expect(breakGlass(story, frank)).toMatchObject({ code: "already_decided" });
  const rejected = waitingForApproval();
  const { stepId, attempt, approval } = gateOf(rejected);
  const { digest } = approval;
  rejected.must({ intent: "vote", stepId, attempt, voter: carol, decision: "reject", digest, reason: "no" });
  expect(breakGlass(rejected, frank)).toMatchObject({ code: "already_decided" });
});

test("T28: a review is closed once, after the end, by a full member who had no part in it", () => {
  const story = waitingForApproval();
  const review = (by: Person, note = "fine") => story.say({ intent: "review_break_glass", note, by: inSlack(by) });
  expect(review(bob)).toMatchObject({ code: "not_now" });
  expect(breakGlass(story, { ...frank, human: "frank" })).toBeUndefined();
  expect(handOver(story, bob)).toBeUndefined();
  expect(review(erin)).toMatchObject({ code: "not_now" });
  story.must({ intent: "abort", reason: "", leaveAsIs: true, by: inSlack(bob) });
  for (const who of [alice, bob, frank, mallory, gina]) expect(review(who)).toMatchObject({ code: "not_allowed" });
  const frankToo: Person = { ...carol, userId: "U0FRANK02", human: "frank" };
  expect(review(frankToo)).toMatchObject({ code: "not_allowed" });
  expect(review(erin, " ")).toMatchObject({ code: "note_missing" });
  expect(review(erin)).toBeUndefined();
  expect(review(carol)).toMatchObject({ code: "already_done" });
});
