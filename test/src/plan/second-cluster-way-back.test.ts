import { expect, test } from "vitest";
import { describeWayBack } from "#src/plan/way-back.ts";
import { blueGreenSubject } from "./environments/blue-green.ts";
import { dualClusterSubject } from "./environments/dual-cluster.ts";
import { planOf, stoppedAt } from "./environments/subject.ts";
import type { Subject } from "./environments/subject.ts";

function planFor({ strategy, golden }: Subject) {
  const [first] = golden;
  if (first === undefined) throw new Error(`${strategy} has no golden plan`);
  return planOf(strategy, first.given);
}

const dual = planFor(dualClusterSubject);
const shared = planFor(blueGreenSubject);

test.each([
  ["the copy is migrated", "green-migrations-finish", "costs nothing"],
  ["a share of the traffic was sent over", "soak-at-10", "no downtime"],
  ["old nodes are being stopped", "stop-kong-1", "no downtime, the new cluster serves until then"],
  ["the old cluster is being removed", "decommission", "the time to rebuild the old nodes"],
  ["writes are allowed again", "unfreeze", "configuration written since writes were allowed again"],
])("with data of its own, going back when %s never needs a restore", (_, at, price) => {
  const answer = describeWayBack(dual, stoppedAt(dual, at));
  expect(answer.price).toContain(price);
  expect(answer.isRestoreNeeded).toBe(false);
});

test.each([
  ["before `up`", "prove-backup", false, "costs nothing"],
  ["while `up` runs", "migrations-up", true, "downtime until the restore is proven"],
  ["while the old version is tried on what `up` made", "smoke-old", true, "downtime until the restore is proven"],
  ["once the old version has passed that test", "start-green-1", false, "no downtime and nothing is lost"],
  ["when all old nodes are down", "check-old-gone", false, "no downtime and nothing is lost"],
  ["from `finish` on", "migrations-finish", true, "since the backup of 2026-11-21T03:14:00.000Z"],
])("on a shared database, going back %s", (_, at, isRestoreNeeded, price) => {
  const answer = describeWayBack(shared, stoppedAt(shared, at));
  expect(answer.price).toContain(price);
  expect(answer.isRestoreNeeded).toBe(isRestoreNeeded);
});

test("every stage has an answer of its own", () => {
  const sentences = [
    ...["baseline", "soak-at-10", "stop-kong-1", "decommission"].map(
      (at) => describeWayBack(dual, stoppedAt(dual, at)).sentence,
    ),
    ...["baseline", "smoke-old", "soak-at-10", "migrations-finish"].map(
      (at) => describeWayBack(shared, stoppedAt(shared, at)).sentence,
    ),
  ];
  expect(new Set(sentences).size).toBe(sentences.length);
});
