import { expect, test } from "vitest";
import { upgradeData } from "#commands/answer-data.ts";
import { names } from "#test/src/slack/recorded.ts";
import { started } from "#test/support/given.ts";
import { alice, inSlack } from "#test/support/samples.ts";

test("versions are those of the plan in force: on the way back it leads to the old one, as the title says", () => {
  const story = started().runUntil("migrations-up");
  expect(upgradeData(story.active, names)).toMatchObject({ from: "2.8.5", to: "3.4.2", isRollingBack: false });
  story.must({ intent: "roll_back", reason: "slow", by: inSlack(alice) });
  expect(upgradeData(story.active, names)).toMatchObject({ from: "3.4.2", to: "2.8.5", isRollingBack: true });
});
