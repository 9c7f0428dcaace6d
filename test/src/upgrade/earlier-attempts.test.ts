import { expect, test } from "vitest";
import { choicesFor } from "#src/upgrade/choices.ts";
import { next } from "#src/upgrade/next.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { StepReport } from "#src/upgrade/step-report.ts";
import { report, started } from "#test/support/given.ts";
import type { Story } from "#test/support/given.ts";
import { alice, inSlack } from "#test/support/samples.ts";

const by = inSlack(alice);
const stepId = "back-create-database";

function atCreate(): Story {
  return started().runUntil("soak").must({ intent: "roll_back", reason: "", by }).runUntil(stepId);
}

function start(story: Story, attempt: number): Story {
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error(todo.do);
  return story.must({ intent: "start_step", stepId, attempt, runnerId: "r1", digest: todo.digest });
}

function end(story: Story, attempt: number, over: Partial<StepReport>): Story {
  return story.must({ intent: "finish_step", stepId, attempt, runnerId: "r1", report: report("failed", over) });
}

const probe = (kind: string, verdict: "ok" | "not_ok") => ({ kind, verdict, summary: kind, details: [] });
const obstacle = [probe("database_absent", "not_ok")];
const isEarlier = (story: Story): unknown => {
  const progress = currentTrack(story.active).steps.get(stepId);
  return progress !== undefined && "mayHaveRun" in progress && progress.mayHaveRun;
};

test("an attempt that was lost may have done the work, and so it stays for all attempts after it", () => {
  const story = start(atCreate(), 1);
  expect(isEarlier(story)).toBe(false);
  story.must({ intent: "report_runner_lost", stepId, attempt: 1, runnerId: "r1", reason: "gone" });
  story.must({ intent: "report_evidence", stepId, attempt: 1, runnerId: "r2", probes: [] });
  start(story.must({ intent: "retry", stepId, attempt: 1, by }), 2);
  expect(isEarlier(story)).toBe(true);
  end(story, 2, { precheck: obstacle }).must({ intent: "retry", stepId, attempt: 2, by });
  expect(isEarlier(story)).toBe(true);
});

test("an attempt that was kept from running did no work", () => {
  const story = end(start(atCreate(), 1), 1, { precheck: obstacle });
  expect(choicesFor(story.active)).toEqual(["retry", "hold"]);
  expect(isEarlier(story.must({ intent: "retry", stepId, attempt: 1, by }))).toBe(false);
});

test("what kept it from running and is proven to be what was wanted can be counted as done", () => {
  const proof = [probe("database_present", "ok"), probe("database_empty", "ok")];
  const story = end(start(atCreate(), 1), 1, { precheck: obstacle, proof });
  expect(choicesFor(story.active)).toEqual(["count_as_done", "retry", "hold"]);
  const full = end(start(atCreate(), 1), 1, { precheck: obstacle, proof: [probe("database_empty", "not_ok")] });
  expect(choicesFor(full.active)).toEqual(["retry", "hold"]);
});
