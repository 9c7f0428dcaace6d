import { expect, test } from "vitest";
import { acknowledgeStepId, decidedFindings, openQuestions, questionsOf } from "#src/upgrade/answers.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import {
  alice,
  bob,
  eve,
  factsWith,
  frank,
  gina,
  inSlack,
  sampleEnvironment,
  sampleFinding,
  sampleQuestion,
} from "#test/support/samples.ts";
import { Story, request } from "#test/support/given.ts";

const targets = sampleQuestion();
const tls = sampleQuestion({ id: "34-old-tls", severity: "breaks_traffic", title: "Do clients use TLS 1.1?" });
const regex = sampleFinding();

const asked = (findings = [regex, targets, tls]): Story =>
  new Story().must(request).must({ intent: "report_survey", facts: factsWith(findings) });
const startedWithQuestions = (): Story => asked().must({ intent: "start", by: inSlack(alice) });
const answer = (questionId: string, over: Partial<IntentOf<"answer_question">> = {}): IntentOf<"answer_question"> => ({
  intent: "answer_question",
  questionId,
  answer: "no",
  note: "",
  by: inSlack(alice),
  ...over,
});
const answersOf = (upgrade: Upgrade | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries([...(upgrade?.answers ?? [])].map(([id, each]) => [id, each.answer]));

test("an answer is recorded with who gave it and when, and stays after the start", () => {
  const story = asked().must(answer(targets.id, { answer: "yes", note: "the nightly sync", by: inSlack(bob) }));
  const at = story.now;
  story.wait(60_000).must({ intent: "start", by: inSlack(alice) });
  expect(story.events.at(-2)).toEqual({
    type: "question_answered",
    questionId: targets.id,
    answer: "yes",
    note: "the nightly sync",
    by: inSlack(bob),
  });
  expect(story.active.answers.get(targets.id)).toEqual({
    answer: "yes",
    note: "the nightly sync",
    by: inSlack(bob),
    at,
  });
});

test("a second answer replaces the first, and both are in the record", () => {
  const story = asked()
    .must(answer(targets.id))
    .must(answer(targets.id, { answer: "yes", by: inSlack(bob) }));
  expect(answersOf(story.upgrade)).toEqual({ [targets.id]: "yes" });
  const given = story.events.flatMap((event) => (event.type === "question_answered" ? [event.answer] : []));
  expect(given).toEqual(["no", "yes"]);
});

test("the same answer by the same person again changes nothing", () => {
  const story = asked().must(answer(targets.id));
  expect(story.say(answer(targets.id))).toMatchObject({ code: "already_done" });
  expect(story.say(answer(targets.id, { by: inSlack(bob) }))).toBeUndefined();
});

test("not applicable needs a note, yes and no do not", () => {
  const story = asked();
  expect(story.say(answer(targets.id, { answer: "not_applicable", note: " \n" }))).toMatchObject({
    code: "note_missing",
  });
  expect(story.say(answer(targets.id, { answer: "not_applicable", note: "no scripts at all" }))).toBeUndefined();
  expect(story.say(answer(tls.id, { answer: "yes" }))).toBeUndefined();
});

test.each([
  ["30-post-target", "Near: `30-post-targets`"],
  ["old tls", "Near: `34-old-tls`"],
  ["xyz", "It asks: `30-post-targets`, `34-old-tls`"],
  [regex.id, "is no question: the survey itself found that it hits"],
])("an unknown question %s is refused with what is near", (questionId, expected) => {
  const refusal = asked().say(answer(questionId));
  expect(refusal?.code).toBe("not_found");
  expect(`${refusal?.sentence} ${refusal?.help}`).toContain(expected);
});

test("many questions are not all listed in a refusal", () => {
  const many = Array.from({ length: 30 }, (_, index) => sampleQuestion({ id: `q-${index}` }));
  expect(asked(many).say(answer("unlike-all"))?.help).toMatch(/`q-7` and 22 more/u);
});

test.for([
  ["a guest", gina],
  ["somebody of another organisation", eve],
] as const)("%s cannot answer", ([, who]) => {
  expect(asked().say(answer(targets.id, { by: inSlack(who) }))).toMatchObject({ code: "not_allowed" });
});

test("only operators answer where operators are named, and nobody at a terminal", () => {
  const environment = sampleEnvironment({ operators: { users: [alice.userId], groups: [] } });
  const story = new Story()
    .must({ ...request, environment })
    .must({ intent: "report_survey", facts: factsWith([targets]) });
  expect(story.say(answer(targets.id, { by: inSlack(frank) }))).toMatchObject({ code: "not_allowed" });
  const by = { kind: "terminal", account: "root", host: "ops-1" } as const;
  expect(story.say(answer(targets.id, { by }))).toMatchObject({ code: "not_allowed" });
  expect(story.say(answer(targets.id))).toBeUndefined();
});

test("before there is a plan, after the end and on the way back nothing is asked", () => {
  expect(new Story().must(request).say(answer(targets.id))).toMatchObject({ code: "not_now" });
  const aborted = asked().must({ intent: "abort", reason: "", leaveAsIs: false, by: inSlack(alice) });
  expect(aborted.say(answer(targets.id))).toMatchObject({ code: "closed" });
  const back = startedWithQuestions().must({ intent: "roll_back", reason: "", by: inSlack(alice) });
  expect(back.upgrade?.status === "closed" || back.say(answer(targets.id))?.code === "not_now").toBe(true);
});

test("the plan of an installation with questions asks a person to decide on them", () => {
  const story = asked([targets]);
  const plan = story.upgrade?.status === "planned" ? story.upgrade.plan : undefined;
  expect(plan?.steps.find(({ id }) => id === acknowledgeStepId)?.action.kind).toBe("manual");
});

test("nobody can say that all is decided while a question is open, and the refusal says which and how", () => {
  const story = startedWithQuestions().must(answer(targets.id)).runUntil(acknowledgeStepId);
  const confirm = {
    intent: "confirm_manual_step",
    stepId: acknowledgeStepId,
    attempt: 1,
    note: "",
    by: inSlack(alice),
  } as const;
  const refusal = story.say(confirm);
  expect(refusal).toMatchObject({ code: "not_now" });
  expect(refusal?.sentence).toContain("1 of 2 questions have no answer yet: `34-old-tls`");
  expect(refusal?.help).toContain("/kong-upgrade answer KU-2026-0001");
  story.must(answer(tls.id, { answer: "yes" }));
  expect(story.say(confirm)).toBeUndefined();
  expect(currentStep(story.active)?.step.id).not.toBe(acknowledgeStepId);
});

test("once all is decided a later answer is refused with who decided", () => {
  const story = startedWithQuestions().runUntil("stop-kong-1");
  expect(story.say(answer(targets.id, { answer: "yes" }))).toMatchObject({
    code: "already_decided",
    sentence:
      "The findings and questions of KU-2026-0001 were decided by <@U0ALICE01>; an answer can change nothing any more.",
  });
});

test("a plan that supersedes another keeps the answers to what is still asked", () => {
  const story = asked()
    .must(answer(targets.id))
    .must(answer(tls.id, { answer: "yes" }))
    .must(request)
    .must({ intent: "report_survey", facts: factsWith([tls, sampleQuestion({ id: "new-one" })]) });
  expect(answersOf(story.upgrade)).toEqual({ [tls.id]: "yes" });
  const findings = story.upgrade?.status === "planned" ? story.upgrade.plan.findings : [];
  expect(openQuestions(findings, story.upgrade?.answers ?? new Map()).map(({ id }) => id)).toEqual(["new-one"]);
});

test("a yes is a finding with who said so, a no and a not applicable settle the question", () => {
  const third = sampleQuestion({ id: "third" });
  const story = asked([regex, targets, tls, third])
    .must(answer(targets.id, { answer: "yes", note: "the nightly sync" }))
    .must(answer(tls.id));
  const findings = [regex, targets, tls, third];
  const decided = decidedFindings(findings, story.upgrade?.answers ?? new Map());
  expect(decided.map(({ id, kind }) => [id, kind])).toEqual([
    [regex.id, "finding"],
    [targets.id, "finding"],
    ["third", "question"],
  ]);
  expect(decided[1]?.evidence).toEqual([{ text: "u0alice01 says that it does: the nightly sync", what: "answer" }]);
  expect(questionsOf([...findings, targets]).map(({ id }) => id)).toEqual([targets.id, tls.id, "third"]);
});

test("a yes to a question in words keeps what is known to be hit, and not the question", () => {
  const route = { text: "route orders: paths[0] = /%20", what: "route" };
  const inWords = sampleQuestion({ evidence: [{ text: "Do clients send it?", what: "question" }, route], count: 31 });
  const story = asked([inWords]).must(answer(inWords.id, { answer: "yes" }));
  const [decided] = decidedFindings([inWords], story.upgrade?.answers ?? new Map());
  expect(decided?.evidence).toEqual([{ text: "u0alice01 says that it does", what: "answer" }, route]);
  expect(decided?.count).toBe(31);
});

test("a dry run makes the plan that a request for one makes, and ends before anything of it can be started", () => {
  const facts = factsWith([regex, targets]);
  const real = new Story().must(request).must({ intent: "report_survey", facts });
  const dry = new Story().must({ ...request, mode: "dry_run" }).must({ intent: "report_survey", facts });
  expect(dry.events.map(({ type }) => type)).toEqual([
    "upgrade_requested",
    "survey_reported",
    "plan_made",
    "check_completed",
  ]);
  expect(dry.upgrade).toMatchObject({ status: "closed", outcome: { kind: "checked", from: "2.8.5" } });
  expect(dry.events[2]).toEqual(real.events[2]);
  expect(dry.say({ intent: "start", by: inSlack(alice) })).toMatchObject({ code: "closed" });
});
