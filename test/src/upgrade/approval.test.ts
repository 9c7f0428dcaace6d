import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { evolve } from "#src/upgrade/evolve.ts";
import { next } from "#src/upgrade/next.ts";
import { alice, bob, carol, dave, erin, frank, inSlack, mallory, person, sampleFacts } from "#test/support/samples.ts";
import { Story, envelope, id, report, request, started } from "#test/support/given.ts";
import { choicesFor } from "#src/upgrade/choices.ts";
import { gateOf, waitingForApproval } from "./at-gate.ts";

const atFinish = (): Story => started().runUntil("migrations-finish");
const vote = (story: Story, voter: typeof carol, decision: "approve" | "reject" = "approve") => {
  const { stepId, attempt, approval } = gateOf(story);
  const reason = decision === "reject" ? "not now" : undefined;
  return story.say({ intent: "vote", stepId, attempt, voter, decision, digest: approval.digest, reason });
};

test("an irreversible step cannot be claimed before its approval is granted and signed", () => {
  const story = atFinish();
  const { stepId, attempt, approval } = gateOf(story);
  const claim = { intent: "start_step", stepId, attempt, runnerId: "r1", digest: approval.digest } as const;
  expect(story.say(claim)).toMatchObject({ code: "conflict" });
  vote(story, carol);
  vote(story, erin);
  expect(story.say(claim)).toMatchObject({ code: "conflict" });
  story.must({ intent: "recheck_approval", stepId, attempt, people: [carol, erin], envelope, checkedAt: story.now });
  expect(story.say(claim)).toBeUndefined();
  expect(story.say(claim)).toMatchObject({ code: "conflict" });
});

test("T08: a signature that is older than a minute has to be made anew", () => {
  const story = atFinish();
  const { stepId, attempt, approval } = gateOf(story);
  vote(story, carol);
  vote(story, erin);
  story
    .must({ intent: "recheck_approval", stepId, attempt, people: [carol, erin], envelope, checkedAt: story.now })
    .wait(60_001);
  expect(next(story.active, story.now).do).toBe("sign");
  expect(story.say({ intent: "start_step", stepId, attempt, runnerId: "r1", digest: approval.digest })).toMatchObject({
    code: "conflict",
  });
});

test("T08: an approver who left the group between the click and the start does not count any more", () => {
  const story = atFinish();
  const { stepId, attempt } = gateOf(story);
  vote(story, carol);
  vote(story, erin);
  story.must({
    intent: "recheck_approval",
    stepId,
    attempt,
    people: [{ ...carol, groups: [] }, erin],
    envelope,
    checkedAt: story.now,
  });
  expect(gateOf(story).approval.outcome.kind).toBe("open");
  expect(vote(story, dave)).toBeUndefined();
  expect(gateOf(story).approval.outcome).toMatchObject({ kind: "granted", approvedBy: [erin.userId, dave.userId] });
});

test("a second look at votes that changed in the meantime is not recorded, one at the same votes is", () => {
  const story = atFinish();
  const { stepId, attempt } = gateOf(story);
  vote(story, carol);
  vote(story.wait(1_000), erin);
  const votedAt = gateOf(story).approval.ballots.map(({ at }) => at);
  const { digest } = gateOf(story).approval;
  story.wait(1_000).must({ intent: "withdraw_vote", stepId, attempt, voter: erin, digest });
  vote(story.wait(1_000), erin);
  const people = [carol, erin];
  const look = { intent: "recheck_approval", stepId, attempt, people, envelope, checkedAt: story.now } as const;
  expect(story.say({ ...look, votedAt })).toMatchObject({ code: "not_now" });
  const now = gateOf(story).approval.ballots.map(({ at }) => at);
  expect(story.say({ ...look, votedAt: now })).toBeUndefined();
  expect(next(story.active, story.now).do).toBe("run");
});

test("somebody whose yes was needed and who says no takes the yes back, although one no is not enough to refuse", () => {
  const { environment } = request;
  const irreversible = { ...environment.policies.irreversible, denyThreshold: 2 };
  const story = new Story()
    .must({ ...request, environment: { ...environment, policies: { irreversible } } })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntil("migrations-finish");
  vote(story, carol);
  vote(story, erin);
  expect(gateOf(story).approval.outcome.kind).toBe("granted");
  vote(story, erin, "reject");
  expect(gateOf(story).approval.outcome.kind).toBe("open");
  vote(story, dave);
  expect(gateOf(story).approval.outcome).toMatchObject({ kind: "granted", approvedBy: [carol.userId, dave.userId] });
});

test("T09: an approver who cannot be looked up again leaves the standing unsigned", () => {
  const story = atFinish();
  const { stepId, attempt } = gateOf(story);
  vote(story, carol);
  vote(story, erin);
  const people: Person[] = [carol, { kind: "unknown", userId: erin.userId, problem: "timeout" }];
  expect(
    story.say({ intent: "recheck_approval", stepId, attempt, people, envelope, checkedAt: story.now }),
  ).toMatchObject({ code: "not_now" });
});

test("at the second look only those count who were looked up, not somebody who agreed besides them", () => {
  const leads = { count: 1, users: [], groups: ["S0LEADS01"] };
  const story = waitingForApproval({ alternatives: [[{ count: 1, users: [], groups: ["S0APPROVE"] }, leads]] });
  const { stepId, attempt } = gateOf(story);
  const lead = person("U0LEAD001", { groups: ["S0LEADS01"] });
  const another = person("U0LEAD002", { groups: ["S0LEADS01"] });
  for (const voter of [lead, another, carol]) expect(vote(story, voter)).toBeUndefined();
  expect(gateOf(story).approval.outcome).toMatchObject({ approvedBy: [lead.userId, carol.userId] });
  const moved = { ...lead, groups: ["S0APPROVE"] };
  story.must({ intent: "recheck_approval", stepId, attempt, people: [moved, carol], envelope, checkedAt: story.now });
  expect(story.events.at(-1)).toMatchObject({ type: "approval_voided" });
  expect(gateOf(story).approval.ballots.map(({ voter }) => voter.userId)).toEqual([another.userId]);
});

test("a list that cannot be read at the second look takes nobody's vote away and lets nobody through", () => {
  const story = atFinish();
  const { stepId, attempt } = gateOf(story);
  vote(story, carol);
  vote(story, erin);
  const unread = { groups: [], unreadGroups: ["S0APPROVE"] };
  const look = (people: readonly Person[]) =>
    story.say({ intent: "recheck_approval", stepId, attempt, people, envelope, checkedAt: story.now });
  expect(look([{ ...carol, ...unread }, erin])).toMatchObject({ code: "not_now" });
  expect(gateOf(story).approval.outcome).toMatchObject({ kind: "granted" });
  // What is certain is not put off: a deactivated account is gone whatever its groups are.
  expect(look([{ ...carol, ...unread, isDeactivated: true }, erin])).toBeUndefined();
  expect(gateOf(story).approval.outcome.kind).toBe("open");
});

test("whoever is named by account needs no list that cannot be read", () => {
  const story = atFinish();
  const { stepId, attempt } = gateOf(story);
  vote(story, carol);
  vote(story, erin);
  const people = [carol, { ...erin, unreadGroups: ["S0APPROVE"] }];
  expect(
    story.say({ intent: "recheck_approval", stepId, attempt, people, envelope, checkedAt: story.now }),
  ).toBeUndefined();
  expect(next(story.active, story.now).do).toBe("run");
});

test("a vote of somebody whose only list cannot be read is put off with the true reason", () => {
  const refusal = vote(atFinish(), { ...carol, groups: [], unreadGroups: ["S0APPROVE"] });
  expect(refusal?.sentence).toContain("which lists you are in");
});

test("somebody's further accounts are known as theirs, also where the record was written before", () => {
  const story = atFinish();
  expect(vote(story, { ...erin, human: "alice", otherAccounts: [alice.userId] })).toMatchObject({
    sentence: expect.stringContaining("You asked for this upgrade"),
  });
});

test.for([
  ["the requester", alice, "ineligible"],
  ["an imitator", mallory, "ineligible"],
] as const)("%s is refused and leaves no trace", ([, who, code]) => {
  const story = atFinish();
  const before = story.events.length;
  expect(vote(story, who)).toMatchObject({ code });
  expect(story.events).toHaveLength(before);
});

test("approve and reject at once: the first in the log wins, the other gets a private answer", () => {
  const story = atFinish();
  expect(vote(story, carol)).toBeUndefined();
  expect(vote(story, erin, "reject")).toBeUndefined();
  expect(
    story.say({
      intent: "vote",
      ...gateOf(story),
      voter: dave,
      decision: "approve",
      digest: gateOf(story).approval.digest,
    }),
  ).toMatchObject({ code: "already_decided" });
  expect(choicesFor(story.active)).toEqual(["retry", "roll_back", "hold"]);
});

test("T13: a retry of an irreversible step needs a new approval, and votes on the old one are outdated", () => {
  const story = atFinish();
  const old = gateOf(story);
  vote(story, carol);
  vote(story, erin);
  story.advance();
  const { digest } = old.approval;
  story.must({ intent: "start_step", stepId: old.stepId, attempt: 1, runnerId: "r1", digest });
  story.must({ intent: "finish_step", stepId: old.stepId, attempt: 1, runnerId: "r1", report: report("failed") });
  story.must({ intent: "retry", stepId: old.stepId, attempt: 1, by: inSlack(bob) });
  const fresh = gateOf(story);
  expect(fresh.attempt).toBe(2);
  expect(fresh.approval.digest).not.toBe(digest);
  expect(
    story.say({ intent: "vote", stepId: old.stepId, attempt: 1, voter: dave, decision: "approve", digest }),
  ).toMatchObject({ code: "outdated" });
});

test("an approval that nobody completed expires by the clock and can be asked again", () => {
  const story = atFinish();
  vote(story, carol);
  story.wait(3_600_001).must({ intent: "tick" });
  expect(gateOf(story).approval.outcome.kind).toBe("expired");
  story.must({ intent: "retry", stepId: "migrations-finish", attempt: 1, by: inSlack(bob) });
  expect(gateOf(story)).toMatchObject({ attempt: 2, approval: { outcome: { kind: "open" }, ballots: [] } });
});

test("a granted approval that nobody used in time expires too", () => {
  const story = atFinish();
  vote(story, carol);
  vote(story, erin);
  story.wait(3_600_001).must({ intent: "tick" });
  expect(gateOf(story).approval.outcome.kind).toBe("expired");
});

test("a granted approval whose time is over starts nothing, also before its end is written down", () => {
  const story = atFinish();
  const { stepId, attempt, approval } = gateOf(story);
  for (const voter of [carol, erin]) expect(vote(story, voter)).toBeUndefined();
  const { outcome } = gateOf(story).approval;
  if (outcome.kind !== "granted") throw new Error("not granted");
  story.now = outcome.expiresAt;
  const look = { intent: "recheck_approval", stepId, attempt, people: [carol, erin], envelope } as const;
  story.must({ ...look, checkedAt: story.now });
  expect(next(story.active, story.now).do).toBe("run");
  story.wait(1);
  const claim = { intent: "start_step", stepId, attempt, runnerId: "r1", digest: approval.digest } as const;
  expect(story.say(claim)).toMatchObject({ code: "conflict" });
  expect(story.say({ ...look, checkedAt: story.now })).toMatchObject({ code: "outdated" });
  expect(story.events.at(-1)).toMatchObject({ type: "approval_signed" });
  story.must({ intent: "tick" });
  expect(gateOf(story).approval.outcome.kind).toBe("expired");
});

test("T02: whoever has a step tried again asks for that attempt and does not approve it, under no account", () => {
  const story = atFinish();
  const { stepId } = gateOf(story);
  expect(vote(story, dave, "reject")).toBeUndefined();
  story.must({ intent: "retry", stepId, attempt: 1, by: inSlack({ ...carol, human: "carol" }) });
  const carolToo = person("U0CAROL02", { groups: ["S0APPROVE"], human: "carol" });
  for (const who of [carol, carolToo]) expect(vote(story, who)).toMatchObject({ code: "ineligible" });
  for (const who of [dave, erin]) expect(vote(story, who)).toBeUndefined();
  story.must({ intent: "recheck_approval", stepId, attempt: 2, people: [dave, erin], envelope, checkedAt: story.now });
  story.advance();
  story.runUntilIrreversible();
  expect(vote(story, carol)).toBeUndefined();
});

test("whoever only asks again because time ran out may approve; who asked for that attempt before still may not", () => {
  const story = atFinish().wait(3_600_001).must({ intent: "tick" });
  const { stepId } = gateOf(story);
  story.must({ intent: "retry", stepId, attempt: 1, by: inSlack(carol) });
  expect(vote(story, carol)).toBeUndefined();
  expect(vote(story, erin, "reject")).toBeUndefined();
  story.must({ intent: "retry", stepId, attempt: 2, by: inSlack(dave) });
  story
    .wait(3_600_001)
    .must({ intent: "tick" })
    .must({ intent: "retry", stepId, attempt: 3, by: inSlack(carol) });
  expect(vote(story, dave)).toMatchObject({ code: "ineligible" });
  expect(vote(story, carol)).toBeUndefined();
});

test("a click without the proof of presence that the policy wants is refused, and nothing of it is recorded", () => {
  const story = waitingForApproval({ stepUp: "confirm" });
  const { stepId, attempt, approval } = gateOf(story);
  const yes = { intent: "vote", stepId, attempt, voter: carol, decision: "approve", digest: approval.digest } as const;
  for (const proof of [{}, { stepUp: "none" }] as const)
    expect(story.say({ ...yes, ...proof })).toMatchObject({ code: "step_up_needed" });
  expect(gateOf(story).approval.ballots).toEqual([]);
  expect(story.say({ ...yes, stepUp: "totp" })).toBeUndefined();
});

test("whoever rejected takes that back before they approve, and only they themselves do", () => {
  const story = waitingForApproval({ denyThreshold: 2 });
  const { stepId, attempt, approval } = gateOf(story);
  const withdraw = { intent: "withdraw_vote", stepId, attempt, digest: approval.digest } as const;
  expect(vote(story, carol, "reject")).toBeUndefined();
  expect(vote(story, carol)).toMatchObject({ code: "not_now" });
  expect(story.say({ ...withdraw, voter: dave })).toMatchObject({ code: "not_now" });
  expect(gateOf(story).approval.ballots).toHaveLength(1);
  expect(story.say({ ...withdraw, voter: carol })).toBeUndefined();
  expect(vote(story, carol)).toBeUndefined();
});

test("only whoever asked takes the request back, under any of their accounts", () => {
  const story = waitingForApproval();
  const { stepId, attempt } = gateOf(story);
  const cancel = {
    intent: "cancel_request",
    stepId,
    attempt,
    digest: gateOf(story).approval.digest,
    reason: "no",
  } as const;
  for (const who of [bob, frank])
    expect(story.say({ ...cancel, by: inSlack(who) })).toMatchObject({ code: "not_allowed" });
  expect(gateOf(story).approval.outcome.kind).toBe("open");
  expect(story.say({ ...cancel, by: inSlack(alice) })).toBeUndefined();
});

test("nobody votes, breaks the glass or takes a vote back after the time of a request, also before its end is written down", () => {
  const story = waitingForApproval({ requestExpiresAfterMs: 60_000 });
  const { stepId, attempt, approval } = gateOf(story);
  const { digest } = approval;
  expect(vote(story, carol)).toBeUndefined();
  story.wait(60_001);
  for (const decision of ["approve", "reject"] as const)
    expect(vote(story, erin, decision)).toMatchObject({ code: "outdated" });
  const withdraw = { intent: "withdraw_vote", stepId, attempt, digest, voter: carol } as const;
  expect(story.say(withdraw)).toMatchObject({ code: "outdated" });
  const words = { reason: "down", incident: "INC-1", stepUp: "confirm", skipped: [] } as const;
  expect(story.say({ intent: "break_glass", stepId, attempt, digest, person: frank, ...words })).toMatchObject({
    code: "outdated",
  });
});

test("an approver without any vote, whatever the record claims, is signed by nobody", () => {
  const story = atFinish();
  const { stepId, attempt, approval } = gateOf(story);
  const { digest } = approval;
  vote(story, carol);
  const event = { type: "approval_granted", stepId, attempt, digest, approvedBy: [carol.userId, erin.userId] } as const;
  story.upgrade = evolve(story.upgrade, { upgradeId: id, version: story.occurred.length + 1, at: story.now, event });
  const look = { intent: "recheck_approval", stepId, attempt, people: [carol, erin], envelope } as const;
  expect(story.say({ ...look, checkedAt: story.now })).toMatchObject({ code: "not_now" });
});
