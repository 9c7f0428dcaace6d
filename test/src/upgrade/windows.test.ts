import { expect, test } from "vitest";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Window } from "#approvals/window.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import { Story, request } from "#test/support/given.ts";
import { alice, carol, erin, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";

/** The story's clock begins on a Saturday at 03:00 UTC. */
const night: Window = { days: ["sat"], from: "02:00", to: "04:00", timeZone: "UTC" };

test("T26: an approval from inside the maintenance window starts nothing outside of it", () => {
  const irreversible = quorumPolicy(
    { users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 48 * 3_600_000 },
    { windows: [night] },
  );
  const story = new Story()
    .must({ ...request, environment: sampleEnvironment({ policies: { irreversible } }) })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
  const current = currentStep(story.active);
  if (current?.progress.kind !== "ready" || current.progress.approval === undefined) throw new Error("no gate");
  const { attempt, approval } = current.progress;
  const ref = { stepId: current.step.id, attempt };
  const { digest } = approval;
  for (const voter of [carol, erin]) story.must({ intent: "vote", ...ref, voter, decision: "approve", digest });
  story.now = "2026-11-21T03:59:30.000Z";
  story.lookAgain(ref);
  const start = { intent: "start_step", ...ref, runnerId: "r1", digest } as const;

  story.now = "2026-11-21T04:00:00.000Z";
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "window" });
  expect(story.say(start)).toBeDefined();

  story.now = "2026-11-21T03:59:59.000Z";
  expect(next(story.active, story.now)).toMatchObject({ do: "run" });
  expect(story.say(start)).toBeUndefined();
});
