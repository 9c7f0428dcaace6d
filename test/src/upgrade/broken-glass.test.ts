import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import type { Story } from "#test/support/given.ts";
import { alice, bob, carol, erin, frank, gina, inSlack, mallory } from "#test/support/samples.ts";
import { gateOf, handOver, lookAgain, outcome, vote, waitingForApproval } from "./at-gate.ts";

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

test("a broken glass does not rest on votes: it stays when somebody takes theirs back, unless that is who broke it", () => {
  const withdraw = (story: Story, voter: Person) => {
    const { stepId, attempt, approval } = gateOf(story);
    return story.say({ intent: "withdraw_vote", stepId, attempt, voter, digest: approval.digest });
  };
  const story = waitingForApproval();
  expect(vote(story, carol)).toBeUndefined();
  expect(breakGlass(story, frank)).toBeUndefined();
  expect(withdraw(story, carol)).toBeUndefined();
  expect(gateOf(story).approval).toMatchObject({ ballots: [], outcome: { kind: "granted" }, reopened: { times: 0 } });
  const own = waitingForApproval({ breakGlass: [erin.userId] });
  expect(vote(own, erin)).toBeUndefined();
  expect(breakGlass(own, erin)).toBeUndefined();
  expect(withdraw(own, erin)).toBeUndefined();
  expect(outcome(own)).toBe("open");
});

test.for(["\u200B\u200B\u200B", "\u2800\u2800\u2800", "\u3164\u115F\u034F", "\u0301\uFE0F\u00AD"])(
  "T27: a reason of signs that nobody sees is none (%j)",
  (nothing) => {
    const story = waitingForApproval({ reasonRequired: ["approve", "reject"] });
    expect(breakGlass(story, frank, { reason: nothing })).toMatchObject({ code: "note_missing" });
    expect(breakGlass(story, frank, { incident: nothing })).toMatchObject({ code: "note_missing" });
    const { stepId, attempt, approval } = gateOf(story);
    for (const decision of ["approve", "reject"] as const) {
      const said = { intent: "vote", stepId, attempt, voter: carol, decision, digest: approval.digest } as const;
      expect(story.say({ ...said, reason: nothing })).toMatchObject({ code: "note_missing" });
    }
  },
);

test("T27: whoever broke the glass is looked up again before the start, as a voter is", () => {
  for (const [now, why] of [
    [{ ...frank, isDeactivated: true }, "is_deactivated"],
    [{ ...frank, isHomeTeam: false }, "is_external"],
  ] as const) {
    const story = waitingForApproval();
    expect(breakGlass(story, frank)).toBeUndefined();
    expect(lookAgain(story, [])).toMatchObject({ code: "not_now" });
    expect(lookAgain(story, [now])).toBeUndefined();
    expect(story.events.at(-1)).toMatchObject({ type: "approval_voided", reason: `${frank.userId}: ${why}` });
    expect(outcome(story)).toBe("open");
  }
  const story = waitingForApproval();
  expect(breakGlass(story, frank)).toBeUndefined();
  expect(lookAgain(story, [frank])).toBeUndefined();
  expect(story.events.at(-1)).toMatchObject({ type: "approval_signed" });
});

test("T27: breaking the glass takes at least the proof of presence that the vote would take", () => {
  expect(breakGlass(waitingForApproval({ stepUp: "totp" }), frank)).toMatchObject({ code: "step_up_needed" });
});
