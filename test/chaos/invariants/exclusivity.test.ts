import { expect, test } from "vitest";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { started } from "#test/support/given.ts";
import type { Execution } from "#test/chaos/world/executions.ts";
import { judgeExclusivity } from "./exclusivity.ts";
import type { Told } from "./executions.ts";

const first: UpgradeId = "KU-2026-0001";
const second: UpgradeId = "KU-2026-0002";
const requested = started().events.find(({ type }) => type === "upgrade_requested");

/** An upgrade that was asked for in one minute and is over in another. */
function told(id: UpgradeId, from: number, until?: number, end: UpgradeEvent = { type: "upgrade_completed" }): Told {
  if (requested === undefined) throw new Error("nothing was asked for");
  const at = (minute: number) => `2026-11-21T03:0${minute}:00.000Z`;
  const over = until === undefined ? [] : [{ event: end, at: at(until) }];
  return { id, events: [{ event: requested, at: at(from) }, ...over] };
}

const ran = (upgradeId: UpgradeId, atMs: number, database = "db:5432/kong"): Execution => ({
  pid: 1,
  attempt: { database, upgradeId, stepId: "migrations-up", number: 1 },
  atMs,
  program: "kong",
  words: "migrations up",
});

test("one upgrade after the other, and others on other databases at the same time, are in order", () => {
  const executions = [ran(first, 1), ran(second, 2, "db:5432/other"), ran(first, 3), ran(second, 4)];
  expect(judgeExclusivity([told(second, 3), told(first, 1, 3)], executions)).toEqual([]);
});

test("an upgrade that was opened while another one of its environment was open is found", () => {
  const sentence = `${second} of practice was opened while ${first} was open`;
  expect(judgeExclusivity([told(first, 1), told(second, 2)], [])).toEqual([sentence]);
  expect(judgeExclusivity([told(first, 1, 3), told(second, 2)], [])).toEqual([sentence]);
});

test("a plan that was kept when another was refused keeps its upgrade open", () => {
  const kept = { type: "plan_refused", refusals: [], keptPlan: `sha256:${"0".repeat(64)}` } as const;
  expect(judgeExclusivity([told(first, 1, 2, kept), told(second, 3)], [])).toHaveLength(1);
});

test("a command of an upgrade after another one had begun on its database is found", () => {
  expect(judgeExclusivity([], [ran(first, 3), ran(first, 1), ran(second, 2)])).toEqual([
    `kong of ${first} migrations-up was executed on db:5432/kong after ${second} had begun there`,
  ]);
});
