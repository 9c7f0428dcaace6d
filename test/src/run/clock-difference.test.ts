import { expect, test } from "vitest";
import { instantOf } from "#src/kernel/instant.ts";
import { clockDifferenceMs } from "#src/run/clock-difference.ts";

const at = Date.UTC(2026, 10, 26);

test.each([
  ["runs right", [0, 0], 0],
  ["is behind", [-31_000, -31_000], -31_000],
  ["is set right while the database is asked", [40_000, 0], 40_000],
  ["jumps over the right time while the database is asked", [31_000, -31_500], -31_500],
] as const)("a clock that %s is as far off as at its worse end", async (_, [before, after], expected) => {
  const readings = [at + before, at + after];
  const difference = await clockDifferenceMs({ now: async () => instantOf(at) }, () => readings.shift() ?? at);
  expect(Math.abs(difference - expected)).toBeLessThan(1_000);
});
