import type { Window } from "#approvals/window.ts";
import type { Calendar, Freeze } from "#src/plan/calendar.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { Story, request } from "#test/support/given.ts";
import { alice, frank, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";

/** The story's clock begins on Saturday, 21 November 2026, at 03:00 UTC. */
export const freeze: Freeze = {
  name: "black friday",
  from: "2026-11-21T06:00:00.000Z",
  to: "2026-11-21T12:00:00.000Z",
  reason: "the shop",
  mayLift: { users: [frank.userId], groups: [] },
  yieldsToBrokenGlass: false,
};
export const nights: Window = { days: ["sat", "sun"], from: "22:00", to: "02:00", timeZone: "UTC" };
export const frozen: Calendar = { freezes: [freeze] };
export const windowed: Calendar = {
  freezes: [],
  maintenance: { windows: [nights], bind: "impacting", mayLift: { users: [], groups: ["S0APPROVE"] } },
};

export function planned(calendar?: Calendar): Story {
  const environment = sampleEnvironment(calendar === undefined ? {} : { calendar });
  return new Story().must({ ...request, environment }).must({ intent: "report_survey", facts: sampleFacts() });
}

export const start: Intent = { intent: "start", by: inSlack(alice) };
export const lift = {
  intent: "lift_hold",
  hold: { kind: "freeze", name: freeze.name, from: freeze.from, until: freeze.to },
  person: frank,
  reason: "agreed with the board",
} as const;
export const inFreeze = "2026-11-21T07:00:00.000Z";

export function at(story: Story, now: string): Story {
  story.now = now;
  return story;
}

export const tonight = "2026-11-21T05:00:00.000Z";
export const schedule = {
  intent: "schedule_start",
  at: tonight,
  timeZone: "Europe/Berlin",
  by: inSlack(alice),
} as const;
export const begin = { intent: "begin_scheduled", at: tonight, requester: inSlack(alice) } as const;
