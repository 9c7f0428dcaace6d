import { expect, test } from "vitest";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Window } from "#approvals/window.ts";
import type { Environment } from "#src/plan/environment.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import { Story, request } from "#test/support/given.ts";
import { alice, carol, erin, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";

/** The story's clock begins on a Saturday at 03:00 UTC. */
const night: Window = { days: ["sat"], from: "02:00", to: "04:00", timeZone: "UTC" };
const lastLook = "2026-11-21T03:59:30.000Z";
const inside = "2026-11-21T03:59:59.000Z";
const outside = "2026-11-21T04:00:00.000Z";

const people = { users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 48 * 3_600_000 };
const anytime = quorumPolicy(people);
const atNight = quorumPolicy(people, { windows: [night] });

function startedWith(policies: Environment["policies"]): Story {
  return new Story()
    .must({ ...request, environment: sampleEnvironment({ policies }) })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) });
}

/** Carol and erin approve, and both are looked up again shortly before the window ends. */
function approved(story: Story) {
  const current = currentStep(story.active);
  if (current?.progress.kind !== "ready" || current.progress.approval === undefined) throw new Error("no gate");
  const { attempt, approval } = current.progress;
  const ref = { stepId: current.step.id, attempt };
  const { digest } = approval;
  for (const voter of [carol, erin]) story.must({ intent: "vote", ...ref, voter, decision: "approve", digest });
  story.now = lastLook;
  story.lookAgain(ref);
  return { ...ref, digest };
}

test("T26: an approval from inside the maintenance window starts nothing outside of it", () => {
  const story = startedWith({ irreversible: atNight }).runUntilIrreversible();
  const start = { intent: "start_step", ...approved(story), runnerId: "r1" } as const;

  story.now = outside;
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "window" });
  expect(story.say(start)).toBeDefined();

  story.now = inside;
  expect(next(story.active, story.now)).toMatchObject({ do: "run" });
  expect(story.say(start)).toBeUndefined();
});

test("T26: a step by hand that was approved inside the window is not confirmed outside of it", () => {
  const story = startedWith({ irreversible: anytime, steps: { freeze: atNight } }).runUntil("freeze");
  const { digest: _, ...ref } = approved(story);
  const confirm = { intent: "confirm_manual_step", ...ref, note: "", by: inSlack(alice) } as const;

  story.now = outside;
  expect(story.say(confirm)).toMatchObject({ code: "not_now" });

  story.now = inside;
  expect(story.say(confirm)).toBeUndefined();
});

test("a step by hand is not confirmed on an approval whose time is over, also before its end is written down", () => {
  const shortLived = quorumPolicy(people, { grantExpiresAfterMs: 3_590_000 });
  const story = startedWith({ irreversible: anytime, steps: { freeze: shortLived } }).runUntil("freeze");
  const { digest: _, ...ref } = approved(story);
  const confirm = { intent: "confirm_manual_step", ...ref, note: "", by: inSlack(alice) } as const;
  story.now = inside;
  expect(story.say(confirm)).toMatchObject({ code: "not_now" });
  story.now = "2026-11-21T03:59:50.000Z";
  expect(story.say(confirm)).toBeUndefined();
});
