import { expect, test } from "vitest";
import { readMoment, resolveMoment } from "#src/kernel/typed-moment.ts";
import type { ResolvedMoment } from "#src/kernel/typed-moment.ts";

function meant(text: string, now: string): ResolvedMoment {
  const typed = readMoment(text);
  if (typed === undefined) throw new Error(`${text} is no time`);
  return resolveMoment(typed, { now, timeZone: "Europe/Berlin" });
}

// Clocks there go forward on 29 March 2026 at 02:00 (01:00 UTC), and back on 25 October 2026 at 03:00 (01:00 UTC).
test.each([
  ["02:30", "2026-03-29T00:10:00.000Z", { kind: "skipped" }],
  ["02:30", "2026-03-29T08:00:00.000Z", { kind: "at", at: "2026-03-30T00:30:00.000Z" }],
  ["today 02:30", "2026-03-29T08:00:00.000Z", { kind: "skipped" }],
  ["02:30", "2026-10-25T00:10:00.000Z", { kind: "twice" }],
  ["02:30", "2026-10-25T00:40:00.000Z", { kind: "at", at: "2026-10-25T01:30:00.000Z" }],
  ["02:30", "2026-10-25T08:00:00.000Z", { kind: "at", at: "2026-10-26T01:30:00.000Z" }],
  ["today 02:30", "2026-10-25T08:00:00.000Z", { kind: "at", at: "2026-10-25T01:30:00.000Z" }],
  ["tomorrow 02:30", "2026-10-24T08:00:00.000Z", { kind: "twice" }],
  ["2028-02-29 22:00", "2028-02-01T00:00:00.000Z", { kind: "at", at: "2028-02-29T21:00:00.000Z" }],
  ["2026-02-29 22:00", "2026-02-01T00:00:00.000Z", { kind: "no_such_date" }],
])("%s at %s", (text, now, expected) => {
  expect(meant(text, now)).toMatchObject(expected);
});
