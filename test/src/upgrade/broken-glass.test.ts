import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import type { Story } from "#test/support/given.ts";
import { alice, bob, carol, erin, frank, gina, inSlack, mallory } from "#test/support/samples.ts";
import { gateOf, handOver, waitingForApproval } from "./at-gate.ts";

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
