import { expect, test } from "vitest";
import { planAmbushes } from "./ambushes.ts";

const plan = (seed: string, count: number) => planAmbushes(seed).take(count).toArray();

test("the same seed gives the same ambushes, and another one others", () => {
  expect(plan("one", 30)).toEqual(plan("one", 30));
  expect(plan("two", 30)).not.toEqual(plan("one", 30));
});

test("of five starts, runners are killed at the claim and after the start, stopped between them, and left alone", () => {
  for (const seed of ["one", "two", "three"]) {
    const kinds = plan(seed, 5).map((each) => (each.kind === "kill" ? each.when : each.kind));
    expect(kinds.toSorted()).toEqual(["begun", "begun", "claimed", "freeze", "none"]);
  }
});
