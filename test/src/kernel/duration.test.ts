import fc from "fast-check";
import { expect, test } from "vitest";
import { durationMsSchema, formatDuration } from "#src/kernel/duration.ts";

test.each([
  ["250ms", 250],
  ["30s", 30_000],
  ["1.5h", 5_400_000],
  ["2d", 172_800_000],
  [" 10m ", 600_000],
])("%s is %i ms", (text, durationMs) => {
  expect(durationMsSchema.parse(text)).toBe(durationMs);
});

test.each(["", "10", "s", "-1s", "1 h", "1h30m", "1e3s", "０s"])("%j is no duration", (text) => {
  expect(durationMsSchema.safeParse(text).success).toBe(false);
});

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1_000, "1s"],
  [90_000, "1m 30s"],
  [3_600_000, "1h"],
  [3_661_000, "1h 1m 1s"],
])("%i ms are shown as %s", (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

test("what is shown of whole seconds adds up to them", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seconds) => {
      const parts = formatDuration(seconds * 1_000).split(" ");
      const sum = parts.reduce((total, part) => total + durationMsSchema.parse(part), 0);
      expect(sum).toBe(seconds * 1_000);
    }),
  );
});
