import { expect, test } from "vitest";
import { createTurnOrder } from "#src/run/turn-order.ts";
import type { OpenTurn } from "#src/run/turn-order.ts";
import type { KnownRunner } from "#src/upgrade/known-runner.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";

const ids = ["runner-1", "runner-2", "runner-3", "runner-4", "runner-5"];

function runner(id: string, changes: Partial<KnownRunner> = {}): KnownRunner {
  const at = "2026-11-26T03:00:00.000Z";
  const place = { environments: ["prod"], labels: {}, host: "here", version: "1.0.0", startedAt: at, lastSeen: at };
  return { id, ...place, isAlive: true, isDraining: false, running: [], ...changes };
}

function turn(number: number, changes: Partial<OpenTurn> = {}): OpenTurn {
  const upgradeId = upgradeIdSchema.parse(`KU-2026-${String(number).padStart(4, "0")}`);
  return { upgradeId, environment: "prod", work: "step", key: "stop 1", ...changes };
}

/** Five runners that know each other, at one clock. */
function crew(runners: readonly KnownRunner[] = ids.map((id) => runner(id))) {
  const clock = { nowMs: 0 };
  const orders = ids.map((id) => {
    const order = createTurnOrder(id, () => clock.nowMs);
    order.learn(runners);
    return order;
  });
  return { clock, takers: (asked: OpenTurn) => ids.filter((_, index) => orders[index]?.isOurs(asked)), orders };
}

test("of several runners one takes a turn at once, and over many upgrades they share the work", () => {
  const { takers } = crew();
  const first = Array.from({ length: 200 }, (_, index) => takers(turn(index + 1)));
  expect(first.every((taking) => taking.length === 1)).toBe(true);
  for (const id of ids) expect(first.filter(([taker]) => taker === id).length).toBeGreaterThan(20);
});

test("the others stand in one after the other while nobody takes it, sooner for a step than for a survey", () => {
  const { clock, takers } = crew();
  takers(turn(1));
  const counts = [0, 3_000, 6_000, 9_000, 12_000].map((atMs) => {
    clock.nowMs = atMs;
    return takers(turn(1)).length;
  });
  expect(counts).toEqual([1, 2, 3, 4, 5]);
  const survey = turn(2, { work: "survey", key: "survey" });
  takers(survey);
  clock.nowMs += 12_000;
  expect(takers(survey)).toHaveLength(1);
});

test("time counts for one turn alone, whatever else happens to the upgrade", () => {
  const { clock, takers } = crew();
  takers(turn(1));
  clock.nowMs = 60_000;
  expect(takers(turn(1, { key: "install 1" }))).toHaveLength(1);
});

test("nobody waits for a runner that is dead, drains, takes no steps or serves other environments", () => {
  const away = [{ isAlive: false }, { isDraining: true }, { problem: "an old version" }, { environments: ["test"] }];
  const { orders } = crew([runner("runner-1"), ...away.map((changes, index) => runner(ids[index + 1] ?? "", changes))]);
  for (let number = 1; number <= 50; number += 1) expect(orders[0]?.isOurs(turn(number))).toBe(true);
});

test("a runner that knows of no other takes everything", () => {
  const alone = createTurnOrder("runner-1", () => 0);
  expect(alone.isOurs(turn(1))).toBe(true);
});
