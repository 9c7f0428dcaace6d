import fc from "fast-check";
import { expect, test } from "vitest";
import { isInside } from "#approvals/window.ts";
import type { Window } from "#approvals/window.ts";
import { addMs } from "#src/kernel/instant.ts";
import type { Calendar, Freeze } from "#src/plan/calendar.ts";
import { startGraceMs } from "#src/upgrade/decide-calendar.ts";
import { replay } from "#src/upgrade/evolve.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import { Story, report, request } from "#test/support/given.ts";
import {
  alice,
  bob,
  carol,
  erin,
  frank,
  gina,
  inSlack,
  sampleEnvironment,
  sampleFacts,
} from "#test/support/samples.ts";
import { gateOf, hourMs, waitingForApproval } from "./at-gate.ts";

/** The story's clock begins on Saturday, 21 November 2026, at 03:00 UTC. */
const freeze: Freeze = {
  name: "black friday",
  from: "2026-11-21T06:00:00.000Z",
  to: "2026-11-21T12:00:00.000Z",
  reason: "the shop",
  mayLift: { users: [frank.userId], groups: [] },
  yieldsToBrokenGlass: false,
};
const nights: Window = { days: ["sat", "sun"], from: "22:00", to: "02:00", timeZone: "UTC" };
const frozen: Calendar = { freezes: [freeze] };
const windowed: Calendar = {
  freezes: [],
  maintenance: { windows: [nights], bind: "impacting", mayLift: { users: [], groups: ["S0APPROVE"] } },
};

function planned(calendar?: Calendar): Story {
  const environment = sampleEnvironment(calendar === undefined ? {} : { calendar });
  return new Story().must({ ...request, environment }).must({ intent: "report_survey", facts: sampleFacts() });
}

const start: Intent = { intent: "start", by: inSlack(alice) };
const lift = {
  intent: "lift_hold",
  hold: { kind: "freeze", name: freeze.name, from: freeze.from, until: freeze.to },
  person: frank,
  reason: "agreed with the board",
} as const;
const inFreeze = "2026-11-21T07:00:00.000Z";

function at(story: Story, now: string): Story {
  story.now = now;
  return story;
}

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

const tonight = "2026-11-21T05:00:00.000Z";
const schedule = { intent: "schedule_start", at: tonight, timeZone: "Europe/Berlin", by: inSlack(alice) } as const;
const begin = { intent: "begin_scheduled", at: tonight, requester: inSlack(alice) } as const;

test("a start is scheduled for a time that lies ahead, in no freeze, and not for ever", () => {
  const story = planned(frozen);
  expect(story.say({ ...schedule, at: story.now })).toMatchObject({ code: "not_now" });
  expect(story.say({ ...schedule, at: addMs(story.now, 61 * 24 * hourMs) })).toMatchObject({ code: "not_now" });
  expect(story.say({ ...schedule, at: inFreeze })?.sentence).toContain(freeze.to);
  story.must(schedule);
  expect(next(story.upgrade ?? story.active, story.now)).toEqual({ do: "wait", for: "schedule" });
});

test("where windows bind all, nothing is scheduled outside of them", () => {
  const maintenance = { windows: [nights], bind: "all", mayLift: { users: [], groups: [] } } as const;
  const refusal = planned({ freezes: [], maintenance }).say(schedule);
  expect(refusal?.help).toContain("2026-11-21T22:00:00.000Z");
});

test("a scheduled start begins at its time and not before, once, in the name of who scheduled it", () => {
  const story = planned().must(schedule);
  expect(story.say(begin)).toMatchObject({ code: "conflict" });
  at(story, tonight).must(begin);
  expect(story.events.find(({ type }) => type === "upgrade_started")).toMatchObject({
    scheduledFor: tonight,
    by: inSlack(alice),
  });
  expect(story.say(begin)).toMatchObject({ code: "conflict" });
});

test("a start that nobody could begin within its grace is told, and a person decides", () => {
  const story = planned().must(schedule);
  at(story, addMs(tonight, startGraceMs)).must({ intent: "tick" });
  expect(story.upgrade).toMatchObject({ schedule: { at: tonight } });
  at(story, addMs(tonight, startGraceMs + 1)).must({ intent: "tick" });
  expect(story.events.at(-1)?.type).toBe("scheduled_start_missed");
  expect(next(story.upgrade ?? story.active, story.now)).toEqual({ do: "wait", for: "start" });
  expect(story.say(begin)).toMatchObject({ code: "conflict" });
  expect(story.say(start)).toBeUndefined();
});

test.each([
  ["a freeze has been written since", { calendar: { ...frozen, freezes: [{ ...freeze, from: tonight }] } }],
  ["who scheduled it is no member any more", { begin: { requester: inSlack(gina) } }],
  [
    "the approvers are gone",
    { begin: { obstacle: { sentence: "Nobody can approve it.", help: "Name more people." } } },
  ],
])("a scheduled start does not begin where %s, and says why", (_, over: { calendar?: Calendar; begin?: object }) => {
  const story = planned().must(schedule);
  if (over.calendar !== undefined) story.must({ intent: "report_calendar", calendar: over.calendar });
  at(story, tonight).must({ ...begin, ...over.begin });
  expect(story.events.at(-1)).toMatchObject({ type: "scheduled_start_missed", at: tonight });
});

test("a schedule ends with a start, with unschedule also from a terminal, with an abort, and with a new plan", () => {
  const atTerminal = { kind: "terminal", account: "root", host: "bastion" } as const;
  for (const ending of [
    start,
    { intent: "unschedule", reason: "moved", by: atTerminal },
    { intent: "abort", reason: "", leaveAsIs: false, by: inSlack(bob) },
    request,
  ] satisfies Intent[]) {
    const story = planned().must(schedule).must(ending);
    expect(at(story, tonight).say(begin)).toBeDefined();
    expect(story.events.filter(({ type }) => type === "upgrade_started")).toHaveLength(ending === start ? 1 : 0);
  }
  expect(planned().say({ intent: "unschedule", reason: "", by: inSlack(bob) })).toMatchObject({ code: "already_done" });
});

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

test("erin is only an approver, and may lift nothing", () => {
  expect(at(planned(frozen), inFreeze).say({ ...lift, person: erin })).toMatchObject({ code: "not_allowed" });
});
