import { expect, test } from "vitest";
import { epochMsOf } from "#src/kernel/instant.ts";
import { id, started } from "#test/support/given.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import type { Claim } from "#test/chaos/world/rows.ts";
import { judgeLocks } from "./locks.ts";

const atMs = epochMsOf("2026-11-21T03:00:00.000Z");

/** A record in which `kong migrations finish` was approved and started under lock 7, and the claims of all its starts. */
function given(change: Readonly<Record<string, unknown>> = {}) {
  const story = started().runUntilIrreversible();
  while (story.active.forward.steps.get("migrations-finish")?.kind !== "done") story.advance();
  const payload = Buffer.from(JSON.stringify({ fence: "7" })).toString("base64");
  const events = story.events.map((event): UpgradeEvent => {
    if (event.type === "approval_signed") return { ...event, envelope: { ...event.envelope, payload } };
    return event.type === "step_started" ? { ...event, fence: "7", ...change } : event;
  });
  const claims = events.flatMap((event): readonly Claim[] =>
    event.type === "step_started"
      ? [{ upgradeId: id, stepId: event.stepId, attempt: event.attempt, runnerId: "r1", atMs }]
      : [],
  );
  return { told: { id, events: events.map((event) => ({ event, at: story.now })) }, claims };
}

const movedAt = (at: number) => ({ moves: [{ upgradeId: id, fence: "8", atMs: at }] });

test("starts with a claim each, under the lock that is held and was approved under, are in order", () => {
  const { told, claims } = given();
  expect(judgeLocks(told, { claims, moves: [] })).toEqual([]);
  expect(judgeLocks(told, { claims, ...movedAt(atMs + 1) })).toEqual([]);
});

test("a start without a claim, and one with two, are found", () => {
  const { told, claims } = given();
  const [first] = claims;
  if (first === undefined) throw new Error("nothing was claimed");
  expect(judgeLocks(told, { claims: claims.slice(1), moves: [] })).toEqual([
    `${id}: ${first.stepId} attempt 1 was started with 0 claims`,
  ]);
  expect(judgeLocks(told, { claims: [...claims, first], moves: [] })).toContain(
    `${id}: ${first.stepId} attempt 1 was started with 2 claims`,
  );
});

test("a claim that no start belongs to is found", () => {
  const { told, claims } = given();
  const late: Claim = { upgradeId: id, stepId: "cleanup", attempt: 1, runnerId: "r2", atMs };
  expect(judgeLocks(told, { claims: [...claims, late], moves: [] })).toEqual([
    `${id}: ${claims.length + 1} claims for ${claims.length} starts`,
  ]);
});

test("a start by another runner than the one that claimed the step is found", () => {
  const { told, claims } = given({ runnerId: "r2" });
  expect(judgeLocks(told, { claims, moves: [] })).toContain(
    `${id}: migrations-finish attempt 1 was started by r2 and claimed by r1`,
  );
});

test("a start under a lock that had been taken anew is found", () => {
  const { told, claims } = given();
  expect(judgeLocks(told, { claims, ...movedAt(atMs - 1) })).toContain(
    `${id}: migrations-finish attempt 1 was started under lock 7, which had been taken anew as 8`,
  );
});

test("a start under another lock than the one that its approval names is found", () => {
  const { told, claims } = given({ fence: "8" });
  expect(judgeLocks(told, { claims, ...movedAt(atMs - 1) })).toEqual([
    `${id}: migrations-finish attempt 1 was started under lock 8 and approved under lock 7`,
  ]);
});
