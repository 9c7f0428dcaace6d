import { expect, test } from "vitest";
import type { Window } from "#approvals/window.ts";
import { windowState, windowText } from "#src/slack/views/window-text.ts";

const workdays: Window = {
  days: ["fri", "mon", "tue", "wed", "thu"],
  from: "22:00",
  to: "02:00",
  timeZone: "Europe/Berlin",
};
const token = (instant: string): string => `<!date^${Date.parse(instant) / 1_000}^`;

test("without windows nothing is said", () => {
  expect(windowText([], "2026-11-21T03:00:00.000Z")).toBeUndefined();
});

test("outside of a window the next opening is named, by the clock of its place", () => {
  // A Saturday; the next night that opens is Monday's, 22:00 in Berlin.
  const text = windowText([workdays], "2026-11-21T03:00:00.000Z");
  expect(text).toContain("starts only mon–fri 22:00–02:00 (Europe/Berlin); next opening ");
  expect(text).toContain(token("2026-11-23T21:00:00.000Z"));
});

test("inside of one its end is named, also when the clocks were put forward during it", () => {
  expect(windowState([workdays], "2026-11-20T23:30:00.000Z")).toContain(
    `open until ${token("2026-11-21T01:00:00.000Z")}`,
  );
  const all: Window = { ...workdays, days: ["sat"], to: "04:00" };
  // 2027-03-28, 02:00 is 03:00: four in the morning is two in UTC.
  expect(windowState([all], "2027-03-27T22:00:00.000Z")).toContain(token("2027-03-28T02:00:00.000Z"));
});

test("two windows that touch are one, and one that never ends says so", () => {
  const early: Window = { ...workdays, from: "02:00", to: "05:00", days: ["sat"] };
  expect(windowState([workdays, early], "2026-11-20T23:30:00.000Z")).toContain(token("2026-11-21T04:00:00.000Z"));
  const always: Window = {
    days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    from: "00:00",
    to: "00:00",
    timeZone: "UTC",
  };
  expect(windowText([always], "2026-11-20T23:30:00.000Z")).toBe("starts only every day 00:00–00:00 (UTC); open now");
});
