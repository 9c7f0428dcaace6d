import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { next } from "#src/upgrade/next.ts";
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
import { Story, envelope, planned, report, request, started } from "#test/support/given.ts";
import { choicesFor } from "#src/upgrade/choices.ts";

const atFinish = (): Story => started().runUntil("migrations-finish");
function gateOf(story: Story) {
  const { forward, rollback } = story.active;
  const entry = [...(rollback ?? forward).steps].find(([, step]) => step.kind === "ready");
  if (entry?.[1].kind !== "ready" || entry[1].approval === undefined) throw new Error("no gate is open");
  return { stepId: entry[0], attempt: entry[1].attempt, approval: entry[1].approval };
}
const vote = (story: Story, voter: typeof carol, decision: "approve" | "reject" = "approve") => {
  const { stepId, attempt, approval } = gateOf(story);
  const reason = decision === "reject" ? "not now" : undefined;
  return story.say({ intent: "vote", stepId, attempt, voter, decision, digest: approval.digest, reason });
};

test("a survey turns a request into a plan, and the plan waits for a start", () => {
  const story = planned();
  expect(story.upgrade?.status).toBe("planned");
  expect(story.events.map((event) => event.type)).toEqual(["upgrade_requested", "survey_reported", "plan_made"]);
  expect(story.upgrade !== undefined && next(story.upgrade, story.now)).toEqual({ do: "wait", for: "start" });
});

test("a way down, which Kong has not, closes the request with the reason", () => {
  const facts = sampleFacts();
  const old = facts.nodes.map((node) => ({
    ...node,
    cliVersion: "3.5.0",
    ...(node.admin === undefined ? {} : { admin: { ...node.admin, version: "3.5.0" } }),
  }));
  const story = new Story().must(request).must({ intent: "report_survey", facts: { ...facts, nodes: old } });
  expect(story.upgrade).toMatchObject({ status: "closed", outcome: { kind: "refused" } });
});

test("a check ends with findings and plans nothing", () => {
  const story = new Story().must({ ...request, mode: "check" }).must({ intent: "report_survey", facts: sampleFacts() });
  expect(story.upgrade).toMatchObject({ status: "closed", outcome: { kind: "checked", from: "2.8.5" } });
});

test("a new request supersedes a plan that was not started, and a started one refuses it", () => {
  const story = planned().must(request);
  expect(story.upgrade?.status).toBe("surveying");
  expect(started().say(request)).toMatchObject({ code: "already_open" });
});

test.for([
  ["a guest", gina],
  ["somebody of another organisation", eve],
] as const)("%s cannot plan or start", ([, who]) => {
  expect(new Story().say({ ...request, by: inSlack(who) })).toMatchObject({ code: "not_allowed" });
  expect(planned().say({ intent: "start", by: inSlack(who) })).toMatchObject({ code: "not_allowed" });
});

test("only named operators operate where operators are named", () => {
  const environment = sampleEnvironment({ operators: { users: ["U0BOB0001"], groups: [] } });
  const ask = (who: typeof bob) => new Story().say({ ...request, environment, by: inSlack(who) });
  expect(ask(frank)).toMatchObject({ code: "not_allowed" });
  expect(ask(bob)).toBeUndefined();
});

test("an upgrade in which everything works ends completed, with finish and decommission approved by two people each", () => {
  const story = started().runUntil();
  expect(story.upgrade).toMatchObject({ status: "closed", outcome: { kind: "completed" } });
  const granted = story.events.filter((event) => event.type === "approval_granted");
  expect(granted.map((event) => event.stepId)).toEqual(["migrations-finish", "decommission"]);
  expect(granted.every((event) => event.approvedBy.length === 2)).toBe(true);
});

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

test("a runner that dies leaves an unknown, which asks for evidence before it offers choices", () => {
  const story = started().runUntil("migrations-up");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  const ref = { stepId: todo.step.id, attempt: 1 };
  story.must({ intent: "start_step", ...ref, runnerId: "r1", digest: todo.digest });
  story.must({ intent: "report_runner_lost", ...ref, runnerId: "r1", reason: "its session lock is free" });
  expect(next(story.active, story.now).do).toBe("probe");
  expect(choicesFor(story.active)).toEqual([]);
  story.must({
    intent: "report_evidence",
    ...ref,
    runnerId: "r2",
    probes: [{ kind: "migrations", verdict: "ok", summary: "pending", details: [] }],
  });
  expect(choicesFor(story.active)).toEqual(["count_as_done", "look_again", "retry", "roll_back", "hold"]);
  story.must({ intent: "look_again", ...ref, by: inSlack(alice) });
  expect(next(story.active, story.now).do).toBe("probe");
  story.must({ intent: "report_evidence", ...ref, runnerId: "r2", probes: [] });
  story.must({ intent: "count_as_done", ...ref, note: "schema_meta shows it", by: inSlack(alice) });
  expect(next(story.active, story.now)).toMatchObject({ do: "run" });
});

test("pausing stops before the next step and never the running one", () => {
  const story = started().runUntil("migrations-up");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  story.must({ intent: "start_step", stepId: todo.step.id, attempt: 1, runnerId: "r1", digest: todo.digest });
  story.must({ intent: "pause", reason: "lunch", by: inSlack(bob) });
  expect(next(story.active, story.now).do).toBe("watch");
  story.must({ intent: "finish_step", stepId: todo.step.id, attempt: 1, runnerId: "r1", report: report("done") });
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "resume" });
  story.must({ intent: "resume", by: inSlack(bob) });
  expect(next(story.active, story.now).do).toBe("run");
});

/** Without a command that ran the database would count as untouched. */
const ranAndFailed = report("failed", {
  commands: [{ target: "runner", argv: ["kong", "migrations", "up"], exitCode: 1, timedOut: false, durationMs: 1 }],
});

test("a rollback never races a running step, and ends rolled back", () => {
  const story = started().runUntil("migrations-up");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  story.must({ intent: "start_step", stepId: todo.step.id, attempt: 1, runnerId: "r1", digest: todo.digest });
  const goBack = { intent: "roll_back", reason: "", by: inSlack(bob) } as const;
  expect(story.say(goBack)).toMatchObject({ code: "not_now" });
  story.must({ intent: "finish_step", stepId: todo.step.id, attempt: 1, runnerId: "r1", report: ranAndFailed });
  story.must(goBack).runUntil();
  expect(story.upgrade).toMatchObject({ status: "closed", outcome: { kind: "rolled_back" } });
  expect(story.events.some((event) => event.type === "approval_granted" && event.stepId.startsWith("back-"))).toBe(
    true,
  );
});

test("an upgrade that has changed something is not aborted silently", () => {
  const story = started().runUntil("migrations-up");
  expect(story.say({ intent: "abort", reason: "no", leaveAsIs: false, by: inSlack(bob) })).toMatchObject({
    code: "rollback_needed",
  });
  expect(story.say({ intent: "abort", reason: "no", leaveAsIs: true, by: inSlack(bob) })).toBeUndefined();
  expect(planned().say({ intent: "abort", reason: "no", leaveAsIs: false, by: inSlack(bob) })).toBeUndefined();
});

test("a terminal can pause and abort, and can neither start nor confirm", () => {
  const terminal = { kind: "terminal", account: "root", host: "ops-1" } as const;
  expect(planned().say({ intent: "start", by: terminal })).toMatchObject({ code: "not_allowed" });
  expect(started().say({ intent: "pause", reason: "Slack is down", by: terminal })).toBeUndefined();
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

test("an alarm stands on the upgrade until a step starts again", () => {
  const story = started().runUntil("baseline");
  story.must({ intent: "raise_alarm", what: "the plan was made for another installation" });
  expect(story.active.alarm).toBe("the plan was made for another installation");
  story.advance();
  expect(story.active.alarm).toBeUndefined();
});

test("what preproduction went through is kept with the request and becomes part of the plan", () => {
  const environment = sampleEnvironment({ preproduction: "staging" });
  const rehearsal = {
    upgradeId: "KU-2026-0003",
    environment: "staging",
    from: "2.8.5",
    to: "3.4.2",
    strategy: "in-place",
    completedAt: "2026-11-20T10:00:00.000Z",
  };
  const survey = { intent: "report_survey", facts: sampleFacts() } as const;
  const rehearsed = new Story().must({ ...request, environment, rehearsal }).must(survey);
  expect(rehearsed.upgrade).toMatchObject({ status: "planned", request: { rehearsal } });
  expect(rehearsed.upgrade?.status === "planned" && rehearsed.upgrade.plan.steps[0]?.id).toBe("preproduction-evidence");
  const bold = new Story().must({ ...request, environment }).must(survey);
  expect(bold.upgrade).toMatchObject({
    status: "closed",
    outcome: { kind: "refused", refusals: [{ code: "preproduction_missing" }] },
  });
});

test("a check asks for no rehearsal", () => {
  const environment = sampleEnvironment({ preproduction: "staging" });
  const story = new Story()
    .must({ ...request, mode: "check", environment })
    .must({ intent: "report_survey", facts: sampleFacts() });
  expect(story.upgrade).toMatchObject({ status: "closed", outcome: { kind: "checked" } });
});
