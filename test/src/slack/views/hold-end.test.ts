import { expect, test } from "vitest";
import type { Calendar } from "#src/plan/calendar.ts";
import { postOf, recordOf } from "#test/src/slack/recorded.ts";
import { glassBroken } from "#test/src/slack/gate-stories.ts";
import type { Story } from "#test/support/given.ts";
import { started } from "#test/support/given.ts";

const freeze = {
  name: "black friday",
  from: "2026-11-20T00:00:00.000Z",
  to: "2026-11-30T00:00:00.000Z",
  reason: "",
  mayLift: { users: [], groups: [] },
  yieldsToBrokenGlass: false,
};

function heldBy(calendar: Calendar): Story {
  return started().runUntil("backup-folder").must({ intent: "report_calendar", calendar });
}

/** What card and thread say of when it goes on; times as UTC. */
function said(story: Story): readonly string[] {
  const held = recordOf(story).findLast(({ event }) => event.type === "step_held_back");
  return [postOf(story, "card").text, postOf(story, `line-${held?.version ?? 0}`).text].map((text) =>
    text.replaceAll(/<!date\^\d+\^[^|]+\|([^>]+)>/gu, "$1"),
  );
}

test("a freeze that ends while another one begins holds until the other one ends", () => {
  const next = { ...freeze, name: "cyber monday", from: freeze.to, to: "2026-12-01T00:00:00.000Z" };
  for (const text of said(heldBy({ freezes: [freeze, next] }))) {
    expect(text).toContain("“black friday” holds until 2026-11-30 00:00 UTC");
    expect(text).toContain("It goes on by itself 2026-12-01 00:00 UTC.");
  }
});

test("a freeze that ends outside of the maintenance windows holds until the next one opens", () => {
  const windows = [{ days: ["tue" as const], from: "22:00", to: "02:00", timeZone: "UTC" }];
  const maintenance = { windows, bind: "all" as const, mayLift: { users: [], groups: [] } };
  for (const text of said(heldBy({ freezes: [freeze], maintenance })))
    expect(text).toContain("It goes on by itself 2026-12-01 22:00 UTC.");
});

test("where the windows of a policy open after its approval has ended, nobody is told that it goes on by itself", () => {
  const card = postOf(glassBroken(), "card").text;
  expect(card).not.toContain("it goes on by itself");
  expect(card).toMatch(/It could go on .+, but its approval ends .+: then it has to be asked for again\./u);
});
