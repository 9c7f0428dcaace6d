import { expect, test } from "vitest";
import { addMs } from "#src/kernel/instant.ts";
import type { Calendar } from "#src/plan/calendar.ts";
import { startGraceMs } from "#src/upgrade/decide-calendar.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { next } from "#src/upgrade/next.ts";
import { request } from "#test/support/given.ts";
import { alice, bob, gina, inSlack } from "#test/support/samples.ts";
import { hourMs } from "./at-gate.ts";
import { at, begin, freeze, frozen, inFreeze, nights, planned, schedule, start, tonight } from "./calendar-given.ts";

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
