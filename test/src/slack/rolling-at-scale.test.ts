import { expect, test } from "vitest";
import { validateMessage } from "#src/slack/block-kit/validate.ts";
import { replay } from "#src/upgrade/evolve.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { largeRoll } from "#test/src/plan/large-roll.ts";
import { Story, request } from "#test/support/given.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { postsOf } from "./recorded.ts";

/** Half of the batches are done. */
function halfway(): Story {
  const { environment, facts, to, strategy } = largeRoll(1_000);
  const story = new Story()
    .must({ ...request, environment, to, strategy })
    .must({ intent: "report_survey", facts })
    .must({ intent: "start", by: inSlack(alice) });
  while (currentStep(story.active)?.step.id !== "start-batch-50") story.advance();
  return story;
}

test("a roll-out of 1,000 nodes has a card, a plan and a thread that Slack takes", () => {
  const story = halfway();
  const posts = postsOf(story);
  expect(posts.flatMap((post) => validateMessage(post))).toEqual([]);
  expect(JSON.stringify(posts.find(({ key }) => key === "card")?.blocks)).toContain("481 of 1000 replaced");
  expect(replay(story.occurred)).toEqual(story.upgrade);
});
