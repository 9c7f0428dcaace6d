import { expect, test } from "vitest";
import { makePlan } from "#src/plan/make-plan.ts";
import { describeWayBack } from "#src/plan/way-back.ts";
import { sampleEnvironment, sampleFacts } from "./sample.ts";

const made = makePlan({
  upgradeId: "KU-2026-0007",
  environment: sampleEnvironment(),
  facts: sampleFacts(),
  to: "3.4.2",
  strategy: "in-place",
  options: { order: "test-first" },
});
if (!made.ok) throw new Error("the sample cannot be planned");
const plan = made.value;

test.each([
  ["nothing was stopped", { done: ["freeze"], begun: ["baseline"] }, "costs nothing"],
  ["a node may be down", { done: ["freeze"], begun: ["stop-kong-1"] }, "costs only the downtime"],
  [
    "migrations may have begun",
    { done: ["install"], begun: ["migrations-up"], backedUpAt: "2026-11-21T03:14:00.000Z" },
    "everything written since the backup of 2026-11-21T03:14:00.000Z is lost",
  ],
  ["finish may have begun", { done: ["migrations-up"], begun: ["migrations-finish"] }, "since the backup is lost"],
])("the price of going back when %s", (_, progress, price) => {
  expect(describeWayBack(plan, progress).price).toContain(price);
});

test("the four points have four different answers", () => {
  const answers = ["baseline", "stop-kong-1", "migrations-up", "migrations-finish"].map(
    (begun) => describeWayBack(plan, { done: [], begun: [begun] }).sentence,
  );
  expect(new Set(answers).size).toBe(4);
});

test("a rollback has no way back of its own", () => {
  expect(describeWayBack({ ...plan, kind: "rollback" }, { done: [], begun: [] })).toMatchObject({
    isRestoreNeeded: false,
    price: "no further price",
  });
});
