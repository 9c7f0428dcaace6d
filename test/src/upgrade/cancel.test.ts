import { expect, test } from "vitest";
import { next } from "#src/upgrade/next.ts";
import { choicesFor } from "#src/upgrade/choices.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { report, started } from "#test/support/given.ts";
import type { Story } from "#test/support/given.ts";
import { alice, bob, gina, inSlack } from "#test/support/samples.ts";

const by = inSlack(bob);

interface Running {
  readonly story: Story;
  readonly ref: { readonly stepId: string; readonly attempt: number; readonly runnerId: string };
}

function running(stepId: string): Running {
  const story = started().runUntil(stepId);
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(`nothing to run: ${todo.do}`);
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
  return { story: story.must({ intent: "start_step", ...ref, digest: todo.digest }), ref };
}

test("a wish to cancel is recorded with who and why, and the step runs until its runner tells what came of it", () => {
  const { story, ref } = running("backup-database");
  const { stepId, attempt } = ref;
  story.must({ intent: "cancel_step", stepId, attempt, reason: "wrong folder", by });
  expect(story.events.at(-1)).toEqual({
    type: "step_cancel_requested",
    stepId,
    attempt,
    reason: "wrong folder",
    by,
  });
  expect(next(story.active, story.now)).toMatchObject({ do: "watch" });
  expect(currentStep(story.active)?.progress).toMatchObject({ kind: "running", cancel: { reason: "wrong folder" } });
  story.must({ intent: "finish_step", ...ref, report: report("failed", { reason: "it was cancelled" }) });
  expect(currentStep(story.active)?.progress).toMatchObject({ kind: "failed" });
  expect(choicesFor(story.active)).toEqual(["retry", "roll_back", "hold"]);
});

test("a second wish to cancel changes nothing", () => {
  const { story, ref } = running("backup-database");
  const { stepId, attempt } = ref;
  story.must({ intent: "cancel_step", stepId, attempt, reason: "wrong folder", by });
  expect(story.say({ intent: "cancel_step", stepId, attempt, reason: "again", by: inSlack(alice) })).toMatchObject({
    code: "already_done",
  });
});

test("a step that ended first is not cancelled, and one that was cancelled too late is done", () => {
  const first = running("backup-database");
  const { stepId, attempt } = first.ref;
  first.story.must({ intent: "finish_step", ...first.ref, report: report("done") });
  expect(first.story.say({ intent: "cancel_step", stepId, attempt, reason: "late", by })).toMatchObject({
    code: "outdated",
  });
  const second = running("backup-database");
  second.story
    .must({ intent: "cancel_step", stepId, attempt, reason: "late", by })
    .must({ intent: "finish_step", ...second.ref, report: report("done") });
  expect(second.story.active.forward.steps.get(stepId)).toMatchObject({ kind: "done", how: "proven" });
});

test("migrations are never cancelled, whoever asks; the answer says what would be left behind", () => {
  const { story, ref } = running("migrations-up");
  const { stepId, attempt } = ref;
  const refusal = story.say({ intent: "cancel_step", stepId, attempt, reason: "stop it", by });
  expect(refusal).toMatchObject({ code: "not_now" });
  expect(refusal?.sentence).toContain("neither the old nor the new one");
  expect(refusal?.help).toContain("/kong-upgrade pause");
  expect(next(story.active, story.now)).toMatchObject({ do: "watch" });
});

test("who may not operate may not cancel, and a terminal may", () => {
  const { story, ref } = running("backup-database");
  const { stepId, attempt } = ref;
  const cancel = { intent: "cancel_step", stepId, attempt, reason: "stop" } as const;
  expect(story.say({ ...cancel, by: inSlack(gina) })).toMatchObject({ code: "not_allowed" });
  expect(story.say({ ...cancel, attempt: 2, by })).toMatchObject({ code: "outdated" });
  expect(story.say({ ...cancel, by: { kind: "terminal", account: "root", host: "bastion" } })).toBeUndefined();
});
