import fc from "fast-check";
import { expect, test } from "vitest";
import { isInside, nextClosing, nextOpening, weekdays } from "#approvals/window.ts";
import type { Window } from "#approvals/window.ts";
import { addMs } from "#src/kernel/instant.ts";

const time = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
const window: fc.Arbitrary<Window> = fc.record({
  days: fc.subarray([...weekdays], { minLength: 1 }),
  from: time,
  to: time,
  // Quarters of an hour away from UTC, a half-hour jump in summer, and a jump in the months of the test.
  timeZone: fc.constantFrom("Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York", "UTC"),
});

/** Every minute, one after the other. */
function slowly(windows: readonly Window[], now: string, isOpen: boolean): string | undefined {
  for (let minute = 0; minute <= 8 * 24 * 60; minute += 1)
    if (isInside(windows, addMs(now, minute * 60_000)) === isOpen) return addMs(now, minute * 60_000);
  return undefined;
}

test("the next opening and closing are the ones that looking at every minute finds", () => {
  const aroundTheJump = fc
    .integer({ min: 0, max: 14 * 24 * 60 })
    .map((minute) => addMs("2026-10-24T00:00:00.000Z", minute * 60_000));
  fc.assert(
    fc.property(fc.array(window, { minLength: 1, maxLength: 2 }), aroundTheJump, (windows, now) => {
      expect(nextOpening(windows, now)).toBe(slowly(windows, now, true));
      expect(nextClosing(windows, now)).toBe(slowly(windows, now, false));
    }),
    { numRuns: 40 },
  );
});
