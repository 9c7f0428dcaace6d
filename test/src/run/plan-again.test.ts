import { expect, test } from "vitest";
import { factsSchema } from "#src/kong/facts.ts";
import { environmentSchema } from "#src/plan/environment.ts";
import { compareSteps } from "#src/run/compare-steps.ts";
import { planAgain } from "#src/run/plan-again.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Active } from "#src/upgrade/state.ts";
import { started } from "#test/support/given.ts";
import { bob, inSlack } from "#test/support/samples.ts";

/** The upgrade as it comes back from the record: through JSON. */
function recorded(upgrade: Active): Active {
  const { facts, request } = upgrade;
  return {
    ...upgrade,
    facts: factsSchema.parse(JSON.parse(JSON.stringify(facts))),
    request: { ...request, environment: environmentSchema.parse(JSON.parse(JSON.stringify(request.environment))) },
  };
}

function expectSameSteps(upgrade: Active): void {
  const again = planAgain(recorded(upgrade));
  const { plan } = currentTrack(upgrade);
  expect(again?.steps.map((step) => step.id)).toEqual(plan.steps.map((step) => step.id));
  for (const step of plan.steps) {
    const own = again?.steps.find((candidate) => candidate.id === step.id);
    expect(own && compareSteps(own, step)).toEqual([]);
  }
}

test("the plan that is made again has the same steps", () => {
  expectSameSteps(started().active);
});

test.each(["backup-database", "stop-kong-1", "migrations-up", "start-kong-1", "migrations-finish"])(
  "the way back from %s that is made again has the same steps, also when part of it has run",
  (stepId) => {
    const story = started().runUntil(stepId);
    story.must({ intent: "roll_back", reason: "test", by: inSlack(bob) });
    if (story.upgrade?.status !== "active") throw new Error("there is nothing to go back to");
    expectSameSteps(story.active);
    story.advance();
    expectSameSteps(story.active);
  },
);

test("another target gives another plan", () => {
  const { active } = started();
  const other = planAgain({ ...active, request: { ...active.request, to: "3.0.2" } });
  const own = other?.steps.find((step) => step.id === "install");
  const [recordedStep] = active.forward.plan.steps.filter((step) => step.id === "install");
  expect(own && recordedStep && compareSteps(own, recordedStep)).not.toEqual([]);
});
