import { expect, test } from "vitest";
import { planAmbushes, planLockMoves, planSpoiledPosts } from "./ambushes.ts";

const plan = (seed: string, count: number) => planAmbushes(seed).take(count).toArray();

test("the same seed gives the same ambushes, and another one others", () => {
  expect(plan("one", 30)).toEqual(plan("one", 30));
  expect(plan("two", 30)).not.toEqual(plan("one", 30));
});

test("of six starts, runners are killed at the claim and after the start, stopped between them, rebooted and left alone", () => {
  for (const seed of ["one", "two", "three"]) {
    const kinds = plan(seed, 6).map((each) => (each.kind === "kill" ? each.when : each.kind));
    expect(kinds.toSorted()).toEqual(["begun", "begun", "claimed", "freeze", "none", "reboot"]);
  }
});

test("of two approvals the lock of one is taken anew, soon after it was signed; the same ones for the same seed", () => {
  for (const seed of ["one", "two", "three"]) {
    const moves = planLockMoves(seed).take(20).toArray();
    expect(planLockMoves(seed).take(20).toArray()).toEqual(moves);
    for (let place = 0; place < moves.length; place += 2)
      expect(moves.slice(place, place + 2).filter((each) => each !== undefined)).toHaveLength(1);
  }
});

test("of twelve changes one meets a fault of Slack, of either kind in the long run; the same ones for the same seed", () => {
  const faults = planSpoiledPosts("one").take(240).toArray();
  expect(planSpoiledPosts("one").take(240).toArray()).toEqual(faults);
  const spoiled = faults.filter((each) => each !== undefined);
  expect(spoiled).toHaveLength(20);
  expect(new Set(spoiled.flatMap((each) => Object.keys(each)))).toEqual(new Set(["lose_response_next", "fail_next"]));
});
