import { expect, test } from "vitest";
import type { Intent } from "#src/upgrade/intents.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import { report } from "#test/support/given.ts";
import { alice, bob, carol, erin, frank, gina, inSlack } from "#test/support/samples.ts";
import { gateOf, waitingForApproval } from "./at-gate.ts";
import { at, freeze, frozen, inFreeze, lift, nights, planned, start, windowed } from "./calendar-given.ts";

test("no upgrade is started in a freeze, and the answer says until when and who can lift it", () => {
  const story = at(planned(frozen), inFreeze);
  const refusal = story.say(start);
  expect(refusal).toMatchObject({ code: "frozen" });
  expect(refusal?.sentence).toContain(freeze.to);
  expect(refusal?.sentence).toContain("the shop");
  expect(refusal?.help).toContain(`<@${frank.userId}>`);
  expect(at(story, freeze.to).say(start)).toBeUndefined();
});

test("a freeze that begins between two steps stops the next one, of any class, and says so in the record", () => {
  const story = planned(frozen).must(start).runUntil("stop-kong-1");
  at(story, inFreeze);
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "calendar" });
  story.must({ intent: "tick" });
  expect(story.events.at(-1)).toMatchObject({
    type: "step_held_back",
    hold: { kind: "freeze", name: freeze.name, until: freeze.to },
  });
  // Said once, however often the clock ticks.
  const { length } = story.events;
  story.must({ intent: "tick" }).must({ intent: "tick" });
  expect(story.events).toHaveLength(length);
  at(story, freeze.to).must({ intent: "tick" });
  expect(story.events.at(-1)).toMatchObject({ type: "step_let_go" });
  expect(next(story.active, story.now).do).not.toBe("wait");
});

test("a step that runs when a freeze begins ends as it does, and is not tried again in it", () => {
  const story = planned(frozen).must(start);
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error("nothing runs");
  const ref = { stepId: todo.step.id, attempt: 1 };
  story.must({ intent: "start_step", ...ref, runnerId: "r1", digest: todo.digest });
  at(story, inFreeze).must({ intent: "finish_step", ...ref, runnerId: "r1", report: report("failed") });
  expect(story.say({ intent: "retry", ...ref, by: inSlack(alice) })).toMatchObject({ code: "frozen" });
  expect(at(story, freeze.to).say({ intent: "retry", ...ref, by: inSlack(alice) })).toBeUndefined();
});

test("going back is held by no freeze, no closed window and no window of a policy", () => {
  const later = { ...freeze, from: "2026-11-22T06:00:00.000Z", to: "2026-11-22T12:00:00.000Z" };
  const story = planned({ ...windowed, freezes: [later] });
  at(story, "2026-11-21T23:00:00.000Z").must(start).runUntil("stop-kong-1");
  const night = "2026-11-22T07:00:00.000Z";
  at(story, night);
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "calendar" });
  story.must({ intent: "roll_back", reason: "", by: inSlack(bob) }).runUntil();
  expect(story.events.at(-1)?.type).toBe("upgrade_rolled_back");
  expect(story.now).toBe(night);
});

test("a freeze is lifted by whom it names, for one upgrade, with a reason", () => {
  const story = at(planned(frozen), inFreeze);
  expect(story.say({ ...lift, person: alice })).toMatchObject({ code: "not_allowed" });
  expect(story.say({ ...lift, person: gina })).toMatchObject({ code: "ineligible" });
  expect(story.say({ ...lift, reason: " " })).toMatchObject({ code: "note_missing" });
  expect(story.say({ ...lift, hold: { ...lift.hold, until: "2026-11-22T12:00:00.000Z" } })).toMatchObject({
    code: "outdated",
  });
  story.must(lift);
  expect(story.say(lift)).toMatchObject({ code: "already_done" });
  story.must(start).runUntil();
  expect(story.now).toBe(inFreeze);
  expect(story.events.at(-1)?.type).toBe("upgrade_completed");
});

test("a freeze whose dates were changed is another one, so its lift does not hold any more", () => {
  const story = at(planned(frozen), inFreeze).must(lift);
  const later = { ...freeze, to: "2026-11-22T12:00:00.000Z" };
  story.must({ intent: "report_calendar", calendar: { freezes: [later] } });
  expect(story.say(start)).toMatchObject({ code: "frozen" });
});

test("a freeze that is written after the plan was made binds it, and the same calendar is not told twice", () => {
  const story = planned().must(start);
  story.must({ intent: "report_calendar", calendar: { freezes: [] } });
  expect(story.events.at(-1)?.type).not.toBe("calendar_changed");
  at(story, inFreeze).must({ intent: "report_calendar", calendar: frozen });
  expect(story.events.slice(-2).map(({ type }) => type)).toEqual(["calendar_changed", "step_held_back"]);
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "calendar" });
});

test("outside of its windows an environment lets looks run, and nothing that may hurt traffic", () => {
  const story = planned(windowed).must(start);
  const { length } = story.events;
  while (story.active.heldBack === undefined) story.advance();
  expect(story.events.length).toBeGreaterThan(length + 2);
  expect(currentStep(story.active)?.step.class).toBe("disruptive");
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "calendar", hold: { kind: "window" } });
  expect(story.events.at(-1)).toMatchObject({ hold: { kind: "window", until: "2026-11-21T22:00:00.000Z" } });
  at(story, "2026-11-21T22:00:00.000Z");
  expect(next(story.active, story.now)).not.toMatchObject({ for: "calendar" });
});

test("windows that bind all hold the first look, too, and are lifted until the next one opens", () => {
  const all = {
    ...windowed,
    maintenance: {
      ...windowed.maintenance,
      bind: "all",
      windows: [nights],
      mayLift: { users: [], groups: ["S0APPROVE"] },
    },
  } as const;
  const story = planned(all).must(start);
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "calendar" });
  const until = "2026-11-21T22:00:00.000Z";
  const hold = { kind: "window", until } as const;
  const far = { kind: "window", until: "2026-12-21T22:00:00.000Z" } as const;
  expect(story.say({ ...lift, hold, person: alice })).toMatchObject({ code: "not_allowed" });
  expect(story.say({ ...lift, hold: far, person: carol })).toMatchObject({ code: "not_allowed" });
  story.must({ ...lift, hold, person: carol });
  expect(next(story.active, story.now)).toMatchObject({ do: "run" });
  at(story, "2026-11-22T02:00:00.000Z");
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "calendar" });
});

test("a step by hand is not confirmed in a freeze", () => {
  const story = planned(frozen).must(start).runUntil("freeze");
  const confirm = {
    intent: "confirm_manual_step",
    stepId: "freeze",
    attempt: 1,
    note: "",
    by: inSlack(alice),
  } as const;
  expect(at(story, inFreeze).say(confirm)).toMatchObject({ code: "frozen" });
  expect(at(story, freeze.to).say(confirm)).toBeUndefined();
});

test("a broken glass does not break a freeze, unless the freeze says so itself", () => {
  const story = waitingForApproval();
  const glass = (): Intent => ({
    intent: "break_glass",
    stepId: gateOf(story).stepId,
    attempt: 1,
    digest: gateOf(story).approval.digest,
    person: frank,
    reason: "down",
    incident: "INC-1",
    stepUp: "none",
    skipped: [],
  });
  at(story, inFreeze).must({ intent: "report_calendar", calendar: frozen });
  expect(story.say(glass())).toMatchObject({ code: "frozen" });
  story.must({ intent: "report_calendar", calendar: { freezes: [{ ...freeze, yieldsToBrokenGlass: true }] } });
  expect(next(story.active, story.now)).toMatchObject({ do: "wait", for: "approval" });
  story.must(glass());
  expect(next(story.active, story.now)).toMatchObject({ do: "sign" });
});

test("erin is only an approver, and may lift nothing", () => {
  expect(at(planned(frozen), inFreeze).say({ ...lift, person: erin })).toMatchObject({ code: "not_allowed" });
});
