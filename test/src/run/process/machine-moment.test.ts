import fc from "fast-check";
import { expect, test } from "vitest";
import { machineMoment, passedMs } from "#src/run/process/machine-moment.ts";

test("time passes by the machine's own count, and what lies between two boots is not counted", () => {
  const one = (uptimeMs: number) => ({ bootId: "one", uptimeMs });
  const two = (uptimeMs: number) => ({ bootId: "two", uptimeMs });
  expect(passedMs([])).toBe(0);
  expect(passedMs([one(5_000), one(9_000)])).toBe(4_000);
  expect(passedMs([one(5_000), one(9_000), two(80_000_000), two(80_001_000)])).toBe(5_000);
  // A container that was started again may count from its own start.
  expect(passedMs([one(5_000), one(9_000), one(100), one(300)])).toBe(4_200);
});

test("more is never counted than what passed within one boot", () => {
  const moment = fc.record({ bootId: fc.constantFrom("one", "two"), uptimeMs: fc.integer({ min: 0, max: 1_000 }) });
  fc.assert(
    fc.property(fc.array(moment), (moments) => {
      const passed = passedMs(moments);
      expect(passed).toBeGreaterThanOrEqual(0);
      const sorted = moments.toSorted((left, right) => left.uptimeMs - right.uptimeMs);
      const own = sorted.filter(({ bootId }) => bootId === "one");
      expect(passedMs(own)).toBe((own.at(-1)?.uptimeMs ?? 0) - (own[0]?.uptimeMs ?? 0));
    }),
  );
});

test("the machine tells such a moment, and it goes on", async () => {
  const first = await machineMoment();
  const second = await machineMoment();
  expect(second.bootId).toBe(first.bootId);
  expect(second.uptimeMs).toBeGreaterThanOrEqual(first.uptimeMs);
});
