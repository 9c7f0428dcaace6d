import { expect, test } from "vitest";
import { makePlan } from "#src/plan/make-plan.ts";
import { makeRollbackPlan } from "#src/plan/make-rollback-plan.ts";
import type { Plan, PlanOptions } from "#src/plan/plan.ts";
import { planText } from "./plan-text.ts";
import { sampleEnvironment, sampleFacts } from "./sample.ts";

const upgradeId = "KU-2026-0007";
const backedUpAt = "2026-11-21T03:14:00.000Z";

function upgradePlan(order: PlanOptions["order"], environment = sampleEnvironment()): Plan {
  const made = makePlan({
    upgradeId,
    environment,
    facts: sampleFacts(),
    to: "3.4.2",
    strategy: "in-place",
    options: { order },
  });
  if (!made.ok) throw new Error(made.problem.map((refusal) => refusal.sentence).join("; "));
  return made.value;
}

/** The rollback plan when every step before `stepId` is done and that one was begun. */
function rollbackAt(
  stepId: string,
  order: PlanOptions["order"] = "test-first",
  environment = sampleEnvironment(),
): Plan {
  const plan = upgradePlan(order, environment);
  const ids = plan.steps.map((step) => step.id);
  const made = makeRollbackPlan({
    upgradeId,
    environment,
    facts: sampleFacts(),
    plan,
    progress: { done: ids.slice(0, ids.indexOf(stepId)), begun: [stepId], backedUpAt },
  });
  if (!made.ok) throw new Error(made.problem.map((refusal) => refusal.sentence).join("; "));
  return made.value;
}

test.each(["test-first", "documented"] as const)("the in-place plan, order %s", async (order) => {
  await expect(planText(upgradePlan(order))).toMatchFileSnapshot(`golden/in-place-${order}.txt`);
});

test("the in-place plan without hooks and smoke tests, with a keyring", async () => {
  const environment = sampleEnvironment({ hooks: {}, smokeTests: [], keyring: true });
  await expect(planText(upgradePlan("test-first", environment))).toMatchFileSnapshot("golden/in-place-by-hand.txt");
});

test.each([
  ["backup-database", "untouched"],
  ["stop-kong-1", "first-node-stopping"],
  ["install", "installing"],
  ["migrations-up", "migrating"],
  ["start-kong-2", "starting"],
  ["migrations-finish", "finishing"],
  ["decommission", "finished"],
])("the way back when %s was begun", async (stepId, name) => {
  await expect(planText(rollbackAt(stepId))).toMatchFileSnapshot(`golden/in-place-rollback-${name}.txt`);
});

test("the way back with a keyring and without hooks", async () => {
  const environment = sampleEnvironment({ hooks: {}, smokeTests: [], keyring: true });
  await expect(planText(rollbackAt("soak", "documented", environment))).toMatchFileSnapshot(
    "golden/in-place-rollback-by-hand.txt",
  );
});
