import type { Measurements } from "#src/plan/measurements.ts";
import { next } from "#src/upgrade/next.ts";
import { report, started } from "./given.ts";
import type { Story } from "./given.ts";

/** Everything before a step is done; steps that measure told these figures. */
export function measuredUntil(stepId: string, measurements: Measurements): Story {
  const story = started();
  for (let turn = 0; turn < 100; turn += 1) {
    const todo = next(story.active, story.now);
    if ("step" in todo && todo.step?.id === stepId && todo.do !== "sign") return story;
    if (todo.do !== "run" || !["baseline", "fingerprint"].includes(todo.step.action.kind)) {
      story.advance();
      continue;
    }
    const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
    story.must({ intent: "start_step", ...ref, digest: todo.digest });
    story.must({ intent: "finish_step", ...ref, report: report("done", { measurements }) });
  }
  throw new Error(`never came to ${stepId}`);
}
