import { expect, test } from "vitest";
import { factsSchema } from "#src/kong/facts.ts";
import { environmentSchema } from "#src/plan/environment.ts";
import { compareSteps } from "#src/run/compare-steps.ts";
import { planAgain, rememberPlans } from "#src/run/plan-again.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Active } from "#src/upgrade/state.ts";
import { Story, request as asked, started } from "#test/support/given.ts";
import { bob, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";

/** The upgrade as it comes back from the record: through JSON. */
function recorded(upgrade: Active): Active {
  const { facts, request } = upgrade;
  return {
    ...upgrade,
    facts: factsSchema.parse(JSON.parse(JSON.stringify(facts))),
    request: { ...request, environment: environmentSchema.parse(JSON.parse(JSON.stringify(request.environment))) },
  };
}

/** Ids of the steps that are missing or would do something else when the plan is made again. */
function changedSteps(upgrade: Active): readonly string[] {
  const again = planAgain(recorded(upgrade));
  return currentTrack(upgrade).plan.steps.flatMap((step) => {
    const own = again?.steps.find((candidate) => candidate.id === step.id);
    return own !== undefined && compareSteps(own, step).length === 0 ? [] : [step.id];
  });
}

test("the plan that is made again has the same steps", () => {
  expect(changedSteps(started().active)).toEqual([]);
});

test.each(["backup-database", "stop-kong-1", "migrations-up", "start-kong-1", "migrations-finish"])(
  "the way back from %s that is made again has the same steps, also when part of it has run",
  (stepId) => {
    const story = started().runUntil(stepId);
    story.must({ intent: "roll_back", reason: "test", by: inSlack(bob) });
    if (story.upgrade?.status !== "active") throw new Error("there is nothing to go back to");
    expect(changedSteps(story.active)).toEqual([]);
    story.advance();
    expect(changedSteps(story.active)).toEqual([]);
  },
);

test("another target gives another plan", () => {
  const { active } = started();
  const other: Active = { ...active, request: { ...active.request, to: "3.0.2" } };
  expect(changedSteps(other)).toContain("install");
});

test("the plan that is made again begins with the same rehearsal", () => {
  const environment = sampleEnvironment({ preproduction: "staging" });
  const rehearsal = {
    upgradeId: "KU-2026-0003",
    environment: "staging",
    from: "2.8.5",
    to: "3.4.2",
    strategy: "in-place",
    completedAt: "2026-11-20T10:00:00.000Z",
  };
  const story = new Story()
    .must({ ...asked, environment, rehearsal })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(bob) });
  expect(changedSteps(story.active)).toEqual([]);
  const { rehearsal: _, ...forgotten } = story.active.request;
  expect(planAgain({ ...story.active, request: forgotten })).toBeUndefined();
});

test("a plan is made once for what it is made from, and anew for another request, other facts, or the way back", () => {
  const made: string[] = [];
  const replan = rememberPlans((upgrade) => {
    made.push(upgrade.rollback === undefined ? "forward" : "back");
    return planAgain(upgrade);
  });
  const story = started();
  const plan = replan(story.active);
  story.runUntil("migrations-up");
  expect(replan(story.active)).toBe(plan);
  expect(made).toEqual(["forward"]);
  expect(replan(recorded(story.active))).not.toBe(plan);
  replan({ ...story.active, request: { ...story.active.request, to: "3.0.2" } });
  story.must({ intent: "roll_back", reason: "test", by: inSlack(bob) });
  const back = replan(story.active);
  expect(back?.kind).toBe("rollback");
  story.advance();
  expect(replan(story.active)).toBe(back);
  expect(made).toEqual(["forward", "forward", "forward", "back"]);
});
