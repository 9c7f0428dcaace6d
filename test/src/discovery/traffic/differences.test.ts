import fc from "fast-check";
import { expect, test } from "vitest";
import { countedBetween, figuresOf, quantileOf, sumOf } from "#src/discovery/traffic/differences.ts";
import type { NodeTotals } from "#src/discovery/traffic/metrics-text.ts";

const bounds = [5, 10, 100, Number.POSITIVE_INFINITY];
const buckets = (...counts: readonly number[]): ReadonlyMap<number, number> =>
  new Map(bounds.map((bound, index) => [bound, counts[index] ?? 0]));

test("what came between two looks is their difference", () => {
  const before = { requests: 100, errors: 1, buckets: buckets(50, 90, 99, 100) };
  const now = { requests: 140, errors: 3, buckets: buckets(60, 110, 138, 140) };
  expect(countedBetween(before, now)).toEqual({ requests: 40, errors: 2, buckets: buckets(10, 20, 39, 40) });
});

test.each([
  ["fewer requests", { requests: 7, errors: 0 }],
  ["as many requests, but fewer failed ones", { requests: 100, errors: 0 }],
  ["more requests, but fewer in a bucket", { requests: 120, errors: 1, buckets: buckets(20, 30, 60, 120) }],
])("a node that tells %s was restarted: all that it counted since is new", (_, now) => {
  expect(countedBetween({ requests: 100, errors: 1, buckets: buckets(50, 90, 99, 100) }, now)).toEqual(now);
});

test("what a node tells for the first time is not taken for what came in between", () => {
  const now = { requests: 120, errors: 5, buckets: buckets(50, 90, 99, 120) };
  expect(countedBetween({ requests: 100 }, now)).toEqual({ requests: 20 });
});

test("a figure that one of several nodes does not tell is not told of all", () => {
  expect(sumOf([{ requests: 1, errors: 1, buckets: buckets(1, 1, 1, 1) }, { requests: 2 }])).toEqual({ requests: 3 });
  const one = { requests: 4, errors: 1, buckets: buckets(1, 2, 3, 4) };
  expect(sumOf([one, one])).toEqual({ requests: 8, errors: 2, buckets: buckets(2, 4, 6, 8) });
  expect(figuresOf(sumOf([]), 0)).toEqual({ requests: 0 });
});

test("percentiles lie on straight lines inside the buckets, and beyond the last bound at that bound", () => {
  expect(quantileOf(buckets(50, 100, 100, 100), 0.5)).toBe(5);
  expect(quantileOf(buckets(0, 100, 100, 100), 0.5)).toBe(7.5);
  expect(quantileOf(buckets(0, 0, 10, 100), 0.99)).toBe(100);
  expect(quantileOf(buckets(0, 0, 0, 0), 0.99)).toBeUndefined();
  expect(quantileOf(new Map(), 0.99)).toBeUndefined();
  expect(quantileOf(new Map([[Number.POSITIVE_INFINITY, 3]]), 0.5)).toBe(0);
});

const totals: fc.Arbitrary<NodeTotals> = fc.record(
  {
    requests: fc.nat({ max: 10_000 }),
    errors: fc.nat({ max: 10_000 }),
    buckets: fc
      .array(fc.nat({ max: 10_000 }), { minLength: 4, maxLength: 4 })
      .map((counts) => buckets(...counts.toSorted((left, right) => left - right))),
  },
  { requiredKeys: ["requests"] },
);

test("whatever two looks tell, no figure is negative, above one, or no number, and percentiles rise", () => {
  fc.assert(
    fc.property(totals, totals, fc.integer({ min: 0, max: 60 }), (before, now, seconds) => {
      const figures = figuresOf(countedBetween(before, now), seconds);
      for (const value of Object.values(figures)) {
        expect(Number.isFinite(value)).toBe(true);
        expect(value).toBeGreaterThanOrEqual(0);
      }
      expect(figures.errorRate ?? 0).toBeLessThanOrEqual(1);
      expect(figures.p50Ms ?? 0).toBeLessThanOrEqual(figures.p95Ms ?? 0);
      expect(figures.p95Ms ?? 0).toBeLessThanOrEqual(figures.p99Ms ?? 0);
    }),
  );
});
