import type { Freeze } from "#src/plan/calendar.ts";
import { alice, carol, frank, inSlack, sampleFacts } from "#test/support/samples.ts";
import { Story, request, started } from "#test/support/given.ts";

/** A freeze around the stories' clock, which begins on 21 November 2026 at 03:00 UTC; frank may lift it. */
export function sampleFreeze(text = "black friday"): Freeze {
  return {
    name: text,
    from: "2026-11-20T00:00:00.000Z",
    to: "2026-11-30T00:00:00.000Z",
    reason: text,
    mayLift: { users: [frank.userId], groups: [] },
    yieldsToBrokenGlass: false,
  };
}

/** A plan that somebody lets start later. */
function scheduled(): Story {
  return new Story()
    .must(request)
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({
      intent: "schedule_start",
      at: "2026-11-21T22:00:00.000Z",
      timeZone: "Europe/Berlin",
      by: inSlack(alice),
    });
}

/** A freeze began between two steps. */
export function frozen(freeze = sampleFreeze()): Story {
  return started()
    .runUntil("backup-folder")
    .must({ intent: "report_calendar", calendar: { freezes: [freeze] } });
}

/** Its time came in a freeze that carol and the approvers may lift. */
function missed(): Story {
  const at = "2026-11-21T22:00:00.000Z";
  const freeze = { ...sampleFreeze(), mayLift: { users: [carol.userId], groups: ["S0APPROVE"] } };
  return scheduled()
    .must({ intent: "report_calendar", calendar: { freezes: [freeze] } })
    .wait(Date.parse(at) - Date.parse("2026-11-21T03:00:00.000Z"))
    .must({ intent: "begin_scheduled", at, requester: inSlack(alice) });
}

export const calendarStories: Readonly<Record<string, () => Story>> = {
  scheduled,
  missed,
  unscheduled: () => scheduled().must({ intent: "unschedule", reason: "", by: inSlack(alice) }),
  frozen: () => frozen(),
  lifted: () => {
    const { name, from, to } = sampleFreeze();
    const hold = { kind: "freeze", name, from, until: to } as const;
    return frozen().must({ intent: "lift_hold", hold, person: frank, reason: "agreed with the board" });
  },
};
