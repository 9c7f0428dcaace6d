import { expect, test } from "vitest";
import type { Message } from "#practice/scenarios/people.ts";
import { id, planned, started } from "#test/support/given.ts";
import type { Story } from "#test/support/given.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import type { Truth } from "#test/chaos/world/site.ts";
import { judgeEnding, judgeTruth } from "./endings.ts";

const button = { type: "button", action_id: "ku_start", text: { type: "plain_text", text: "Start" } };
const prompt: Message = {
  ts: "1700000000.000001",
  text: "",
  blocks: [{ type: "actions", elements: [button] }],
  files: [],
};
const upgradeOf = ({ upgrade }: Story) => {
  if (upgrade === undefined) throw new Error("nothing was asked for");
  return upgrade;
};
const old: Truth = { core: "015_270_to_280", pending: 0, isLocked: false };
const after: Truth = { core: "020_330_to_340", pending: 0, isLocked: false };
const pending: Truth = { ...after, pending: 2 };
const locked: Truth = { ...old, isLocked: true };
const wentBack = () => {
  const story = started().runUntil("migrations-up");
  return story.must({ intent: "roll_back", reason: "not today", by: inSlack(alice) }).runUntil();
};

test("what is over, and what waits for a person who sees a button, has ended", () => {
  expect(judgeEnding(upgradeOf(started().runUntil()), [])).toEqual([]);
  expect(judgeEnding(upgradeOf(planned()), [prompt])).toEqual([]);
});

test("an upgrade that waits for somebody whom nobody asks is found", () => {
  expect(judgeEnding(upgradeOf(planned()), [])).toEqual([`${id} waits for start, and nobody is asked`]);
  expect(judgeEnding(upgradeOf(planned()), [{ ...prompt, is_ephemeral: true }])).toHaveLength(1);
});

test("an upgrade that nobody takes on is found", () => {
  const stuck = started().runUntil("migrations-up");
  expect(judgeEnding(upgradeOf(stuck), [prompt])).toEqual([
    `${id} is neither over nor waiting for a person: it should run at migrations-up`,
  ]);
});

test("installations that are what their records say are in order", () => {
  expect(judgeTruth(upgradeOf(started().runUntil()), after, ["3.4.2", "3.4.2"])).toEqual([]);
  expect(judgeTruth(upgradeOf(wentBack()), old, ["2.8.5"])).toEqual([]);
  expect(judgeTruth(upgradeOf(started()), old, ["2.8.5"])).toEqual([]);
});

const finished = () => {
  const story = started().runUntilIrreversible();
  while (story.active.forward.steps.get("migrations-finish")?.kind !== "done") story.advance();
  return story;
};
const completed = () => started().runUntil();
const migrated = () => started().runUntilIrreversible();

interface Wrong {
  readonly story: () => Story;
  readonly truth: Truth;
  readonly versions: readonly (string | undefined)[];
  readonly sentence: RegExp;
}

test.each<readonly [string, Wrong]>([
  ["a node does not answer", { ...at(completed, after, "3.4.2", undefined), sentence: /is not on 3\.4\.2/u }],
  ["a node was left behind", { ...at(completed, after, "3.4.2", "2.8.5"), sentence: /is not on 3\.4\.2/u }],
  ["a completed one has the old schema", { ...at(completed, old, "3.4.2"), sentence: /is not on 3\.4\.2/u }],
  ["migrations are pending at the end", { ...at(completed, pending, "3.4.2"), sentence: /is not on 3\.4\.2/u }],
  ["one that went back has the new schema", { ...at(wentBack, after, "2.8.5"), sentence: /is not on 2\.8\.5/u }],
  ["a migration still holds its lock", { ...at(started, locked, "2.8.5"), sentence: /Kong's migration lock/u }],
  ["the schema changed before `up`", { ...at(started, after, "2.8.5"), sentence: /up was not begun/u }],
  ["`up` is done and did nothing", { ...at(migrated, old, "2.8.5"), sentence: /the schema is another/u }],
  ["`finish` is done and did not finish", { ...at(finished, pending, "3.4.2"), sentence: /migrations are pending/u }],
])("it is found when %s", (_, { story, truth, versions, sentence }) => {
  expect(judgeTruth(upgradeOf(story()), truth, versions)).toEqual([expect.stringMatching(sentence)]);
});

function at(story: () => Story, truth: Truth, ...versions: readonly (string | undefined)[]): Omit<Wrong, "sentence"> {
  return { story, truth, versions };
}
