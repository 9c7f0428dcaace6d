import fc from "fast-check";
import { expect, test } from "vitest";
import { isInside } from "#approvals/window.ts";
import { addMs } from "#src/kernel/instant.ts";
import { replay } from "#src/upgrade/evolve.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { next } from "#src/upgrade/next.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import { report } from "#test/support/given.ts";
import type { Story } from "#test/support/given.ts";
import { alice, bob, inSlack } from "#test/support/samples.ts";
import { hourMs } from "./at-gate.ts";
import { begin, freeze, lift, nights, planned, schedule, start, windowed } from "./calendar-given.ts";

const waits = [1_000, 20 * 60_000, 2 * hourMs, 7 * hourMs];
const moves = fc.array(
  fc.record({
    what: fc.constantFrom(
      "go",
      "go",
      "go",
      "go",
      "fail",
      "retry",
      "start",
      "schedule",
      "begin",
      "unschedule",
      "lift",
      "back",
      "tick",
    ),
    waitMs: fc.constantFrom(...waits),
  }),
  { minLength: 5, maxLength: 80 },
);

/** What a move means in the present state; undefined where it means nothing. */
function intentOf(story: Story, what: string): Intent | undefined {
  const upgrade = story.upgrade ?? story.active;
  const todo = next(upgrade, story.now);
  const schedules = upgrade.status === "planned" ? upgrade.schedule?.at : undefined;
  switch (what) {
    case "start":
      return start;
    case "schedule":
      return { ...schedule, at: addMs(story.now, hourMs) };
    case "begin":
      return schedules === undefined ? undefined : { ...begin, at: schedules };
    case "unschedule":
      return { intent: "unschedule", reason: "", by: inSlack(bob) };
    case "lift":
      return { ...lift, hold: { ...lift.hold, from: "2026-11-22T01:00:00.000Z", until: "2026-11-22T23:30:00.000Z" } };
    case "back":
      return { intent: "roll_back", reason: "", by: inSlack(bob) };
    case "retry":
      return todo.do === "wait" && todo.for === "decision" && todo.step !== undefined
        ? { intent: "retry", stepId: todo.step.id, attempt: attemptOf(story, todo.step.id), by: inSlack(alice) }
        : undefined;
    default:
      return { intent: "tick" };
  }
}

function attemptOf(story: Story, stepId: string): number {
  const progress = currentTrack(story.active).steps.get(stepId);
  return progress === undefined || progress.kind === "waiting" ? 1 : progress.attempt;
}

function play(story: Story, what: string): void {
  story.say({ intent: "tick" });
  const isReady = story.upgrade?.status === "active" && next(story.upgrade, story.now).do === "run";
  if (what === "fail" && isReady) {
    const todo = next(story.active, story.now);
    if (todo.do !== "run") return;
    const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
    story.must({ intent: "start_step", ...ref, digest: todo.digest });
    story.must({ intent: "finish_step", ...ref, report: report("failed") });
  } else if (what === "go" && story.upgrade?.status === "active") {
    const todo = next(story.upgrade, story.now);
    const isHelped =
      todo.do === "run" ||
      todo.do === "sign" ||
      (todo.do === "wait" && (todo.for === "confirmation" || todo.for === "approval"));
    if (isHelped) story.advance();
  } else {
    const intent = intentOf(story, what);
    if (intent !== undefined) story.say(intent);
  }
}

const sunday = { ...freeze, from: "2026-11-22T01:00:00.000Z", to: "2026-11-22T23:30:00.000Z" };

/** An upgrade in the night of a window, so far, and then what people and runners may do at any time. */
function live(done: number, list: readonly { readonly what: string; readonly waitMs: number }[]): Story {
  const story = planned({ ...windowed, freezes: [sunday] });
  story.now = "2026-11-21T22:30:00.000Z";
  if (done > 0) story.must(start);
  for (let steps = 1; steps < done; steps += 1) play(story, "go");
  for (const { what, waitMs } of list) {
    play(story, what);
    story.wait(what === "go" ? 60_000 : waitMs);
  }
  return story;
}

/** When something began before the way back did, and of which class; a start or a retry has none. */
function beginnings({ occurred }: Story): readonly { readonly at: string; readonly stepClass: string | undefined }[] {
  const back = occurred.findIndex(({ event }) => event.type === "rollback_started");
  const classes = new Map(
    occurred.flatMap(({ event }) =>
      event.type === "plan_made" ? event.plan.steps.map((step) => [step.id, step.class] as const) : [],
    ),
  );
  return occurred.slice(0, back === -1 ? undefined : back).flatMap(({ event, at: now }) => {
    if (event.type === "step_started" || event.type === "manual_step_confirmed")
      return [{ at: now, stepClass: classes.get(event.stepId) }];
    return event.type === "upgrade_started" || event.type === "step_retried" ? [{ at: now, stepClass: undefined }] : [];
  });
}

test("whatever happens: in a freeze nothing begins but a way back, outside of windows nothing that hurts, and one start is one", () => {
  let held = 0;
  let begun = 0;
  fc.assert(
    fc.property(fc.nat(24), moves, (done, list) => {
      const story = live(done, list);
      expect(replay(story.occurred)).toEqual(story.upgrade);
      const all = beginnings(story);
      const lifted = story.occurred.find(({ event }) => event.type === "hold_lifted")?.at ?? sunday.to;
      const inSunday = all.filter((each) => each.at >= sunday.from && each.at < sunday.to && each.at < lifted);
      const hurting = all.filter(({ stepClass }) => stepClass !== undefined && stepClass !== "safe");
      expect(inSunday).toEqual([]);
      expect(hurting.filter((each) => !isInside([nights], each.at))).toEqual([]);
      expect(story.events.filter(({ type }) => type === "upgrade_started").length).toBeLessThanOrEqual(1);
      begun += all.length;
      held += story.events.filter(({ type }) => type === "step_held_back").length;
    }),
    { numRuns: 60, seed: 11 },
  );
  expect(held).toBeGreaterThan(20);
  expect(begun).toBeGreaterThan(300);
});
