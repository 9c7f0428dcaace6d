import fc from "fast-check";
import { expect, test } from "vitest";
import { addMs, instantOf } from "#src/kernel/instant.ts";
import { readMoment, resolveMoment } from "#src/kernel/typed-moment.ts";
import { instantsOf, wallTimeAt } from "#src/kernel/zoned-time.ts";

/** Jumps of an hour, of half an hour, of a whole day, and zones without any; quarters of an hour away from UTC. */
const zones = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Asia/Kathmandu",
  "Asia/Tokyo",
  "UTC",
  "+05:45",
];
const zone = fc.constantFrom(...zones);
const minuteMs = 60_000;
const instant = fc
  .integer({ min: Date.UTC(2010, 0) / minuteMs, max: Date.UTC(2035, 0) / minuteMs })
  .map((minutes) => instantOf(minutes * minuteMs));
/** Around every change of the clocks that the zones above know, and the day that Apia left out. */
const nearJump = fc
  .tuple(
    fc.constantFrom(
      Date.UTC(2026, 2, 29, 1),
      Date.UTC(2026, 9, 25, 1),
      Date.UTC(2026, 2, 8, 7),
      Date.UTC(2026, 10, 1, 6),
      Date.UTC(2026, 3, 4, 15),
      Date.UTC(2026, 9, 3, 15, 30),
      Date.UTC(2011, 11, 30, 10),
      Date.UTC(2020, 8, 26, 14),
    ),
    fc.integer({ min: -26 * 60, max: 26 * 60 }),
  )
  .map(([at, minutes]) => instantOf(at + minutes * minuteMs));

test("every moment is among those at which the wall shows what it shows then", () => {
  fc.assert(
    fc.property(zone, fc.oneof(instant, nearJump), (timeZone, at) => {
      const wall = wallTimeAt(at, timeZone);
      const found = instantsOf(wall, timeZone);
      expect(found).toContain(at);
      for (const each of found) expect(wallTimeAt(each, timeZone)).toEqual(wall);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["Europe/Berlin", "2026-03-29 02:30", "2026-03-29 03:00"],
  ["America/New_York", "2026-03-08 02:00", "2026-03-08 03:00"],
  ["Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-04 02:30"],
  ["Pacific/Apia", "2011-12-30 12:00", "2011-12-31 00:00"],
])("in %s the wall never shows %s; the next that it shows is %s", (timeZone, text, after) => {
  const typed = readMoment(text);
  if (typed === undefined) throw new Error("not read");
  const resolved = resolveMoment(typed, { now: "2026-01-01T00:00:00.000Z", timeZone });
  expect(resolved).toMatchObject({ kind: "skipped" });
  expect(resolved.kind === "skipped" && resolved.after).toEqual(wallOf(after));
});

test.each([
  ["Europe/Berlin", "2026-10-25 02:30", ["2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"]],
  ["America/New_York", "2026-11-01 01:00", ["2026-11-01T05:00:00.000Z", "2026-11-01T06:00:00.000Z"]],
  ["Australia/Lord_Howe", "2026-04-05 01:45", ["2026-04-04T14:45:00.000Z", "2026-04-04T15:15:00.000Z"]],
])("in %s the wall shows %s twice", (timeZone, text, moments) => {
  const typed = readMoment(text);
  if (typed === undefined) throw new Error("not read");
  const resolved = resolveMoment(typed, { now: "2026-01-01T00:00:00.000Z", timeZone });
  expect(resolved).toMatchObject({ kind: "twice", moments });
});

test("a time of day is the next moment at which the wall shows it, less than 25 hours and a half away", () => {
  const time = fc.tuple(fc.nat(23), fc.nat(59));
  fc.assert(
    fc.property(zone, fc.oneof(instant, nearJump), time, (timeZone, now, [hour, minute]) => {
      const typed = { kind: "time_of_day", hour, minute, day: "next" } as const;
      const resolved = resolveMoment(typed, { now, timeZone });
      if (resolved.kind !== "at") return;
      expect(wallTimeAt(resolved.at, timeZone)).toMatchObject({ hour, minute });
      expect(resolved.at > now).toBe(true);
      // Apia left a day out once.
      const longestMs = timeZone === "Pacific/Apia" ? 49 * 3_600_000 : 25.5 * 3_600_000;
      expect(resolved.at <= addMs(now, longestMs)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ["22:00", "2026-11-21T21:00:00.000Z"],
  ["9:05", "2026-11-21T08:05:00.000Z"],
  ["04:00", "2026-11-22T03:00:00.000Z"],
  ["10pm", "2026-11-21T21:00:00.000Z"],
  ["12 am", "2026-11-21T23:00:00.000Z"],
  ["tomorrow 06:30", "2026-11-22T05:30:00.000Z"],
  ["22:00 America/New_York", "2026-11-22T03:00:00.000Z"],
  ["22:00 UTC", "2026-11-21T22:00:00.000Z"],
  ["2026-12-01 22:00", "2026-12-01T21:00:00.000Z"],
  ["2026-12-01T22:00", "2026-12-01T21:00:00.000Z"],
  ["2026-12-01T22:00+01:00", "2026-12-01T21:00:00.000Z"],
  ["2026-12-01T22:00:30Z", "2026-12-01T22:00:30.000Z"],
  ["2026-12-01 22:00 -0500", "2026-12-02T03:00:00.000Z"],
  ["2026-12-01", "2026-11-30T23:00:00.000Z"],
  ["in 2h", "2026-11-21T05:00:00.000Z"],
  ["in 90 minutes", "2026-11-21T04:30:00.000Z"],
])("“%s”, typed in Berlin on 21 November 2026 at 4:00, is %s", (text, at) => {
  const typed = readMoment(text);
  if (typed === undefined) throw new Error("not read");
  expect(resolveMoment(typed, { now: "2026-11-21T03:00:00.000Z", timeZone: "Europe/Berlin" })).toMatchObject({
    kind: "at",
    at,
  });
});

test.each(["", "22", "25:00", "22:60", "13pm", "soon", "in 2", "in 2 weeks", "1.12.2026", "22:00 practice", "22:00:"])(
  "“%s” is no moment",
  (text) => {
    expect(readMoment(text)).toBeUndefined();
  },
);

test.each(["2026-02-30", "2026-13-01 10:00", "2026-04-31T10:00Z"])("“%s” is a day that no calendar has", (text) => {
  const typed = readMoment(text);
  if (typed === undefined) throw new Error("not read");
  expect(resolveMoment(typed, { now: "2026-01-01T00:00:00.000Z", timeZone: "UTC" })).toEqual({ kind: "no_such_date" });
});

function wallOf(text: string) {
  const [year, month, day, hour, minute] = text.split(/[- :]/u).map(Number);
  return { year, month, day, hour, minute };
}
