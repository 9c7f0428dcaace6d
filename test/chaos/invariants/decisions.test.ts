import { expect, test } from "vitest";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import { id } from "#test/support/given.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { judgeDecisions } from "./decisions.ts";
import type { Choice } from "./decisions.ts";

const by = inSlack(alice);
const retried: UpgradeEvent = { type: "step_retried", stepId: "migrations-up", attempt: 2, by };
const counted: UpgradeEvent = { type: "step_counted_as_done", stepId: "restore", attempt: 1, by, note: "seen" };
const pressed = (label: string, prompt: string): Choice => ({ upgradeId: id, label, prompt });

test("what people chose at the prompt of that very attempt is in order", () => {
  const choices = [pressed("Retry", "failure-migrations-up-1"), pressed("Count as done", "failure-restore-1")];
  expect(judgeDecisions({ id, events: [{ event: retried }, { event: counted }] }, choices)).toEqual([]);
});

test.each<readonly [string, Choice]>([
  ["nothing", pressed("Hold", "failure-migrations-up-1")],
  ["it for another attempt", pressed("Retry", "failure-migrations-up-2")],
  ["it for another upgrade", { ...pressed("Retry", "failure-migrations-up-1"), upgradeId: "KU-2026-0099" }],
])("a new attempt is found where people chose %s", (_, choice) => {
  expect(judgeDecisions({ id, events: [{ event: retried }] }, [choice])).toEqual([
    expect.stringMatching(/migrations-up was tried again \(attempt 2\), and nobody chose that/u),
  ]);
});

test("a step that is counted as done by itself is found", () => {
  expect(judgeDecisions({ id, events: [{ event: counted }] }, [])).toEqual([
    expect.stringMatching(/restore attempt 1 was counted as done/u),
  ]);
});
