import { expect, test } from "vitest";
import { digestOfText } from "#src/kernel/digest.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import { next } from "#src/upgrade/next.ts";
import { report, started } from "#test/support/given.ts";
import type { Story } from "#test/support/given.ts";

/** The next step that a runner may run is done, and measured this. */
function measure(story: Story, measurements: Measurements): void {
  let todo = next(story.active, story.now);
  while (todo.do !== "run") {
    story.advance();
    todo = next(story.active, story.now);
  }
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
  story.must({ intent: "start_step", ...ref, digest: todo.digest });
  story.must({ intent: "finish_step", ...ref, report: report("done", { measurements }) });
}

test("what is measured of the second cluster stays beside the figures of the old one", () => {
  const [old, fresh, later] = ["old", "fresh", "later"].map((text) => ({ routes: digestOfText(text) }));
  if (old === undefined || fresh === undefined || later === undefined) throw new Error("three digests");
  const story = started();
  measure(story, { counts: { routes: 2 }, fingerprint: old });
  measure(story, { green: { fingerprint: fresh } });
  expect(story.active.baseline).toStrictEqual({
    counts: { routes: 2 },
    fingerprint: old,
    green: { fingerprint: fresh },
  });
  measure(story, { fingerprint: later });
  expect(story.active.baseline).toMatchObject({ fingerprint: later, green: { fingerprint: fresh } });
});
