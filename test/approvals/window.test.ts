import fc from "fast-check";
import { expect, test } from "vitest";
import { isInside, nextOpening, windowSchema } from "#approvals/window.ts";
import type { Window } from "#approvals/window.ts";
import { addMs, epochMsOf, instantOf } from "#src/kernel/instant.ts";

const nights: Window = { days: ["mon", "tue", "wed"], from: "22:00", to: "04:00", timeZone: "Europe/Berlin" };

test.for([
  ["in the evening of one of its days", "2026-11-23T21:00:00.000Z", true],
  ["at the first minute", "2026-11-23T21:00:00.000Z", true],
  ["a second before it", "2026-11-23T20:59:59.000Z", false],
  ["after midnight of the last of its days", "2026-11-26T02:59:59.000Z", true],
  ["at its end", "2026-11-26T03:00:00.000Z", false],
  ["in the evening of another day", "2026-11-26T21:30:00.000Z", false],
  ["before the first of its days", "2026-11-23T01:00:00.000Z", false],
] as const)("a window over midnight: %s", ([, now, expected]) => {
  expect(isInside([nights], now)).toBe(expected);
});

test("summer time: the wall clock counts, so the same window opens an hour earlier in UTC", () => {
  expect(isInside([nights], "2026-07-06T20:00:00.000Z")).toBe(true);
  expect(isInside([nights], "2026-11-23T20:00:00.000Z")).toBe(false);
});

test("in the night in which the clocks go back, the hour that comes twice is inside twice", () => {
  const sunday: Window = { days: ["sun"], from: "02:00", to: "03:00", timeZone: "Europe/Berlin" };
  expect(isInside([sunday], "2026-10-25T00:30:00.000Z")).toBe(true);
  expect(isInside([sunday], "2026-10-25T01:30:00.000Z")).toBe(true);
  expect(isInside([sunday], "2026-10-25T02:30:00.000Z")).toBe(false);
});

test("in the night in which the clocks go forward, a window in the hour that is left out does not open", () => {
  const sunday: Window = { days: ["sun"], from: "02:00", to: "03:00", timeZone: "Europe/Berlin" };
  expect(isInside([sunday], "2026-03-29T00:59:00.000Z")).toBe(false);
  expect(isInside([sunday], "2026-03-29T01:00:00.000Z")).toBe(false);
  expect(nextOpening([sunday], "2026-03-29T00:00:00.000Z")).toBe("2026-04-05T00:00:00.000Z");
});

test("equal times mean the whole day", () => {
  const saturday: Window = { days: ["sat"], from: "00:00", to: "00:00", timeZone: "UTC" };
  expect(isInside([saturday], "2026-11-28T00:00:00.000Z")).toBe(true);
  expect(isInside([saturday], "2026-11-28T23:59:59.000Z")).toBe(true);
  expect(isInside([saturday], "2026-11-29T00:00:00.000Z")).toBe(false);
});

test("without a window everything is inside", () => {
  expect(isInside([], "2026-11-28T00:00:00.000Z")).toBe(true);
});

test.for([
  [{ ...nights, timeZone: "Mars/Olympus" }, /time zone such as/u],
  [{ ...nights, from: "24:00" }, /time of day such as/u],
  [{ ...nights, days: [] }, /Too small|at least/iu],
] as const)("a window that means nothing is refused", ([raw, pattern]) => {
  expect(windowSchema.safeParse(raw).error?.issues[0]?.message).toMatch(pattern);
});

const windows = fc.record({
  days: fc.subarray(["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const, { minLength: 1 }),
  from: fc.constantFrom("00:00", "03:05", "09:00", "22:00", "23:59"),
  to: fc.constantFrom("00:00", "03:30", "17:00", "23:00"),
  timeZone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"),
});

test("the next opening is inside, and nothing before it is", () => {
  fc.assert(
    fc.property(windows, fc.integer({ min: 0, max: 366 * 24 * 60 }), (window, minute) => {
      const now = instantOf(Date.UTC(2026, 0, 1) + minute * 60_000);
      const opening = nextOpening([window], now);
      if (opening === undefined) throw new Error("a weekly window opens within eight days");
      expect(isInside([window], opening)).toBe(true);
      expect(opening === now || !isInside([window], addMs(opening, -60_000))).toBe(true);
      for (let ms = epochMsOf(now); ms < epochMsOf(opening); ms += 17 * 60_000)
        expect(isInside([window], instantOf(ms))).toBe(false);
    }),
    { numRuns: 40 },
  );
});
