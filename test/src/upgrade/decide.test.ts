import { expect, test } from "vitest";
import { next } from "#src/upgrade/next.ts";
import { alice, bob, eve, frank, gina, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";
import { Story, planned, report, request, started } from "#test/support/given.ts";
import { choicesFor } from "#src/upgrade/choices.ts";

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
  const working = { kind: "processes", verdict: "not_ok", summary: "they work", details: [], isRunning: true } as const;
  story.must({ intent: "report_evidence", ...ref, runnerId: "r2", probes: [working] });
  expect(choicesFor(story.active)).toEqual(["look_again", "count_as_done", "roll_back", "hold"]);
  expect(story.say({ intent: "retry", ...ref, by: inSlack(alice) })).toMatchObject({ code: "not_now" });
  story.must({ intent: "look_again", ...ref, by: inSlack(alice) });
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

test.each([
  ["fail", ["roll_back", "retry", "hold"]],
  ["inconclusive", ["retry", "count_as_done", "roll_back", "hold"]],
] as const)("a soak that ends %s is asked about with its own choices", (verdict, choices) => {
  const story = started().runUntil("soak");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  const ref = { stepId: "soak", attempt: 1 };
  const during = { figures: { requests: 3 }, points: [] };
  const soak = { verdict, sentence: "3 requests", during, maxErrorRateIncrease: 0.01 };
  story.must({ intent: "start_step", ...ref, runnerId: "r1", digest: todo.digest });
  story.must({ intent: "finish_step", ...ref, runnerId: "r1", report: report("failed", { soak }) });
  expect(choicesFor(story.active)).toEqual(choices);
  const goOn = { intent: "count_as_done", ...ref, note: "our own dashboards are fine", by: inSlack(alice) } as const;
  expect(story.say(goOn)?.code).toBe(verdict === "fail" ? "not_now" : undefined);
});

const wasRun = [{ target: "kong-1", argv: ["kong", "migrations", "up"], exitCode: 1, timedOut: false, durationMs: 1 }];
const proofOf = (verdict: "ok" | "undetermined") => ({ kind: "migrations", verdict, summary: verdict, details: [] });

test.each([
  ["was run and is done by all that was looked at", { commands: wasRun, proof: [proofOf("ok")] }, true],
  ["was run and is not proven", { commands: wasRun, proof: [proofOf("ok"), proofOf("undetermined")] }, false],
  ["was run and has no proof", { commands: wasRun }, false],
  ["was not run", { proof: [proofOf("ok")] }, false],
] as const)(
  "what failed, and %s, can be counted as done only where a retry may fail for ever",
  (_, over, isOffered) => {
    const story = started().runUntil("migrations-up");
    const todo = next(story.active, story.now);
    if (todo.do !== "run") throw new Error(todo.do);
    const ref = { stepId: "migrations-up", attempt: 1 };
    story.must({ intent: "start_step", ...ref, runnerId: "r1", digest: todo.digest });
    story.must({ intent: "finish_step", ...ref, runnerId: "r1", report: report("failed", over) });
    expect(choicesFor(story.active)).toEqual([...(isOffered ? ["count_as_done"] : []), "retry", "roll_back", "hold"]);
    const done = { intent: "count_as_done", ...ref, note: "schema_meta shows it", by: inSlack(alice) } as const;
    expect(story.say(done)?.code).toBe(isOffered ? undefined : "not_now");
  },
);
