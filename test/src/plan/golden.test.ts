import { expect, test } from "vitest";
import { subjects } from "./environments/all.ts";
import { backOf, planOf, stoppedAt } from "./environments/subject.ts";
import type { Given } from "./environments/subject.ts";
import { planText } from "./plan-text.ts";

const plans = subjects.flatMap(({ strategy, golden }) =>
  golden.map(({ file, given }) => [file, strategy, given] as const),
);
const ways = subjects.flatMap(({ strategy, golden }) =>
  golden.flatMap(({ given, back = [] }) => back.map(({ file, at }) => [file, at, strategy, given] as const)),
);

test.each(plans)("the plan %s", async (file, strategy, given) => {
  await expect(planText(planOf(strategy, given))).toMatchFileSnapshot(`golden/${file}.txt`);
});

test.each(ways)("the way back %s, when %s was begun", async (file, at, strategy, given: Given) => {
  const plan = planOf(strategy, given);
  const back = backOf(given, plan, stoppedAt(plan, at));
  if (!("steps" in back)) throw new Error(`refused: ${back.join(", ")}`);
  await expect(planText(back)).toMatchFileSnapshot(`golden/${file}.txt`);
});

test("no two golden files have one name", () => {
  const files = [...plans, ...ways].map(([file]) => file);
  expect(new Set(files).size).toBe(files.length);
});
