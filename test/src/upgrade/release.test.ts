import { expect, test } from "vitest";
import type { Environment } from "#src/plan/environment.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import { next } from "#src/upgrade/next.ts";
import { Story, request } from "#test/support/given.ts";
import { alice, bob, carol, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";

function startedWith(operators: Environment["operators"]): Story {
  return new Story()
    .must({ ...request, environment: sampleEnvironment({ operators }) })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) });
}

const nobody = { users: [], groups: [] };
const named = { users: [alice.userId, bob.userId], groups: [] };

function release(over: Partial<IntentOf<"release_lock">> = {}): IntentOf<"release_lock"> {
  return { intent: "release_lock", reason: "host scrapped", evenIfUnsettled: false, by: inSlack(alice), ...over };
}

test("the owner releases a lock, with a reason; the upgrade is closed as it stands", () => {
  const story = startedWith(nobody);
  expect(story.say(release({ reason: " " }))).toMatchObject({ code: "note_missing" });
  story.must(release());
  expect(story.events.slice(-2)).toMatchObject([
    { type: "lock_released", by: inSlack(alice), reason: "host scrapped" },
    { type: "upgrade_aborted" },
  ]);
  expect(story.say(release())).toMatchObject({ code: "closed" });
});

test("somebody else releases it only where the configuration names them as operator, and never a terminal", () => {
  const everybody = startedWith(nobody).say(release({ by: inSlack(bob) }));
  expect(everybody).toMatchObject({ code: "not_allowed" });
  expect(everybody?.help).toContain(`<@${alice.userId}>`);
  expect(startedWith(named).say(release({ by: inSlack(carol) }))).toMatchObject({ code: "not_allowed" });
  const atTerminal = { kind: "terminal", account: "root", host: "bastion" } as const;
  expect(startedWith(named).say(release({ by: atTerminal }))).toMatchObject({ code: "not_allowed" });
  expect(startedWith(named).say(release({ by: inSlack(bob) }))).toBeUndefined();
});

test("while a step runs, or nobody knows how it ended, only whoever says so explicitly releases it, and that is recorded", () => {
  const story = startedWith(named);
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error("nothing runs");
  const ref = { stepId: todo.step.id, attempt: 1, runnerId: "r1" };
  story.must({ intent: "start_step", ...ref, digest: todo.digest });
  expect(story.say(release())?.sentence).toContain("runs on r1");
  story.must({ intent: "report_runner_lost", ...ref, reason: "gone" });
  expect(story.say(release())?.sentence).toContain("Nobody knows how step");
  story.must(release({ evenIfUnsettled: true }));
  expect(story.events.at(-2)).toMatchObject({ unsettled: { stepId: ref.stepId, state: "unknown" } });
});
