import { expect, test } from "vitest";
import type { Upgrade } from "#src/upgrade/state.ts";
import { bob, factsWith, inSlack, sampleFacts, sampleQuestion } from "#test/support/samples.ts";
import { Story, request } from "#test/support/given.ts";

const question = sampleQuestion();
const facts = factsWith([question]);

/** A plan whose question alice answered, and then bob asks for something else. */
function askedAgain(to: string, later = facts): Story {
  return new Story()
    .must(request)
    .must({ intent: "report_survey", facts })
    .must({ intent: "answer_question", questionId: question.id, answer: "no", note: "", by: request.by })
    .must({ ...request, to, by: inSlack(bob) })
    .must({ intent: "report_survey", facts: { ...later, assessment: { target: to, hops: [] } } });
}

function planOf(upgrade: Upgrade | undefined): string | undefined {
  return upgrade?.status === "planned" ? `${upgrade.plan.to} ${upgrade.plan.digest}` : upgrade?.status;
}

test("a request that gets no plan loses nothing: the plan that was there stays, with its answers, and can be started", () => {
  const before = new Story().must(request).must({ intent: "report_survey", facts });
  const story = askedAgain("2.8.1");
  expect(story.events.at(-1)).toMatchObject({ type: "plan_refused" });
  expect(planOf(story.upgrade)).toBe(planOf(before.upgrade));
  expect(story.upgrade?.request).toMatchObject({ to: request.to, by: request.by });
  expect(story.upgrade?.answers.get(question.id)?.answer).toBe("no");
  expect(story.say({ intent: "start", by: request.by })).toBeUndefined();
});

test("a second mistake loses nothing either, and the next request that can be planned supersedes the plan", () => {
  const story = askedAgain("2.8.1")
    .must({ ...request, to: "1.0.0" })
    .must({ intent: "report_survey", facts: { ...facts, assessment: { target: "1.0.0", hops: [] } } });
  expect(planOf(story.upgrade)).toContain(request.to);
  story.must(request).must({ intent: "report_survey", facts });
  expect(story.events.at(-1)?.type).toBe("plan_made");
});

test("where the new look shows another installation, the plan from before does not stay", () => {
  const story = askedAgain("2.8.1", sampleFacts({ nodes: sampleFacts().nodes.slice(0, 1) }));
  expect(story.upgrade).toMatchObject({ status: "closed", outcome: { kind: "refused" } });
});
