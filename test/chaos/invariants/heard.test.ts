import { expect, test } from "vitest";
import { id, planned, started } from "#test/support/given.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { judgeHeard } from "./heard.ts";

const { upgrade } = planned();
const { upgrade: running } = started().runUntil("migrations-up");
const { upgrade: paused } = started().must({ intent: "pause", reason: "lunch", by: inSlack(alice) });
if (upgrade === undefined || running === undefined || paused === undefined) throw new Error("nothing was asked for");
const what = `${id}: nothing was recorded after event ${upgrade.version} for`;

test("a click that is lost with the bot that took it, a prompt that comes late, and what is paused are in order", () => {
  expect(judgeHeard(upgrade, { tries: 9, taken: 8, forMs: 59_999 })).toEqual([]);
  expect(judgeHeard(upgrade, { tries: 0, taken: 0, forMs: 79_999 })).toEqual([]);
  expect(judgeHeard(upgrade, { tries: 30, taken: 7, forMs: 500_000 })).toEqual([]);
  expect(judgeHeard(running, { tries: 0, taken: 0, forMs: 500_000 })).toEqual([]);
  expect(judgeHeard(paused, { tries: 0, taken: 0, forMs: 500_000 })).toEqual([]);
});

test("what is pressed again and again, and taken, and never recorded, is found", () => {
  expect(judgeHeard(upgrade, { tries: 8, taken: 8, forMs: 60_000 })).toEqual([
    `${what} 60 s, and people were asked again and again, and pressed`,
  ]);
});

test("an upgrade that waits for people who see nothing to press is found", () => {
  expect(judgeHeard(upgrade, { tries: 0, taken: 0, forMs: 80_000 })).toEqual([
    `${what} 80 s, it waits for start, and nobody is asked`,
  ]);
});
