import fc from "fast-check";
import { expect, test } from "vitest";
import type { TrafficFigures } from "#src/plan/traffic.ts";
import { judgeSoak } from "#src/run/actions/judge-soak.ts";
import type { SoakLimits, SoakSample } from "#src/run/actions/judge-soak.ts";

const limits: SoakLimits = {
  baseline: { requests: 1_000, errorRate: 0.01 },
  maxErrorRateIncrease: 0.02,
  minRequests: 1,
  latency: {},
  isLatencyNeeded: false,
  isMetered: true,
  isOver: true,
};

function rate(share: number, requests = 100): SoakSample {
  return { isSettled: true, figures: { requests, errorRate: share } };
}
const early = { ...rate(0.9), isSettled: false };
const unread: SoakSample = { isSettled: true, problem: "connection refused" };
const smokes = (verdict: "ok" | "not_ok"): SoakSample => ({
  isSettled: true,
  smoke: { kind: "smoke", verdict, summary: `smoke ${verdict}`, details: [] },
});

test.each<[string, readonly SoakSample[], Partial<SoakLimits>, string]>([
  ["as before", [rate(0.01), rate(0.02)], {}, "pass"],
  ["just within the limit", [rate(0.03)], {}, "pass"],
  ["above the limit at the end", [rate(0.0), rate(0.2)], {}, "fail"],
  ["not over yet", [rate(0.2), rate(0.2)], { isOver: false }, "watching"],
  ["clearly above long before the end", [rate(0.2), rate(0.2), rate(0.2)], { isOver: false }, "fail"],
  ["the downtime of the upgrade itself does not count", [early, early, early, rate(0.01)], {}, "pass"],
  ["early samples end nothing", [early, early, early], { isOver: false }, "watching"],
  ["no traffic", [rate(0, 0), rate(0, 0)], {}, "inconclusive"],
  ["no data", [unread, unread], {}, "inconclusive"],
  ["too little data", [unread, unread, unread, rate(0.01)], {}, "inconclusive"],
  ["no baseline", [rate(0.01)], { baseline: undefined }, "inconclusive"],
  ["nothing to watch", [{ isSettled: true }], { isMetered: false }, "inconclusive"],
  ["smoke tests alone pass", [smokes("ok"), smokes("ok")], { isMetered: false }, "pass"],
  ["one smoke hiccup in between", [smokes("ok"), smokes("not_ok"), smokes("ok")], { isMetered: false }, "inconclusive"],
  ["smoke tests fail three times in a row", Array(3).fill(smokes("not_ok")), { isOver: false }, "fail"],
  ["smoke tests fail at the end", [smokes("ok"), smokes("not_ok")], {}, "fail"],
])("%s: %s", (_, samples, changes, kind) => {
  expect(judgeSoak(samples, { ...limits, ...changes }).kind).toBe(kind);
});

test("the sentence tells the figures", () => {
  expect(judgeSoak([rate(0.2)], limits)).toEqual({
    kind: "fail",
    sentence: "20 % of requests failed (1 % before; at most 3 % are allowed) (100 requests seen in 1 samples)",
  });
});

const before = { requests: 600, requestRate: 10, errorRate: 0, p50Ms: 10, p95Ms: 40, p99Ms: 100 };
const whole: SoakLimits = {
  ...limits,
  baseline: before,
  minRequests: 100,
  latency: { p95Ms: { ratio: 0.5, floorMs: 50 }, p99Ms: { ratio: 1, floorMs: 50 } },
  maxRequestRateDrop: 0.8,
};
const stretch = (changes: Partial<TrafficFigures> = {}): SoakSample => ({
  isSettled: true,
  figures: { ...before, requests: 100, ...changes },
});
const without = (name: keyof TrafficFigures): SoakSample => {
  const { [name]: _, ...rest } = before;
  return { isSettled: true, figures: { ...rest, requests: 100 } };
};

test.each<[string, readonly SoakSample[], Partial<SoakLimits>, RegExp]>([
  ["as before", [stretch()], {}, /^pass: .*p99 100 ms \(100 ms before; at most 200 ms\)/u],
  ["slower within the ratio", [stretch({ p99Ms: 200 })], {}, /^pass: .*p99 200 ms/u],
  ["slower within the floor", [stretch({ p95Ms: 90 })], {}, /^pass: .*p95 90 ms \(40 ms before; at most 90 ms\)/u],
  ["slower than both", [stretch({ p99Ms: 201 })], {}, /^fail: .*p99 201 ms/u],
  ["slower three times", Array(3).fill(stretch({ p99Ms: 999 })), { isOver: false }, /^fail: p99 999 ms/u],
  ["most requests stay away", [stretch({ requestRate: 1.9 })], {}, /^fail: .*1.9 requests\/s \(10 requests\/s before/u],
  ["few requests", [stretch({ requests: 99 })], {}, /^inconclusive: .*only 99 requests came.*fewer than the 100/u],
  ["few before", [stretch()], { baseline: { ...before, requests: 5 } }, /^inconclusive: .*only 5 were counted/u],
  ["latencies got lost with the new version", [without("p99Ms")], {}, /^inconclusive: .*nothing told p99 now/u],
  ["statuses got lost with the new version", [without("errorRate")], {}, /^inconclusive: .*failed requests now/u],
  ["lost figures beside a broken limit", [without("p95Ms"), stretch({ errorRate: 0.9 })], {}, /^fail: .*45 % of/u],
])("%s: %s", (_, samples, changes, expected) => {
  const verdict = judgeSoak(samples, { ...whole, ...changes });
  expect(`${verdict.kind}: ${verdict.kind === "watching" ? "" : verdict.sentence}`).toMatch(expected);
});

test("a source that tells no latency at all passes by its other figures, unless somebody wrote limits for it", () => {
  const plain: SoakSample = { isSettled: true, figures: { requests: 600, requestRate: 10, errorRate: 0 } };
  const baseline = { requests: 600, requestRate: 10, errorRate: 0 };
  expect(judgeSoak([plain], { ...whole, baseline }).kind).toBe("pass");
  expect(judgeSoak([plain], { ...whole, baseline, isLatencyNeeded: true }).kind).toBe("inconclusive");
});

const silent = stretch({ requests: 0, requestRate: 0 });
const seen = (count: number): readonly SoakSample[] => Array<SoakSample>(count).fill(stretch());
const shaky = (verdict: "ok" | "not_ok"): SoakSample => ({ ...stretch(), ...smokes(verdict) });

test.each<[string, readonly SoakSample[], Partial<SoakLimits>, RegExp]>([
  [
    "the gateway stopped answering towards the end",
    [...seen(7), unread, unread, unread],
    {},
    /^inconclusive: nothing was seen in the last 3 samples \(connection refused\).*p99 100 ms/u,
  ],
  [
    "traffic stopped towards the end",
    [...seen(7), silent, silent, silent],
    {},
    /^inconclusive: nothing was seen in the last 3 samples \(no requests came\)/u,
  ],
  ["the last sample says nothing, so it is watched a little longer", [...seen(7), unread], {}, /^watching/u],
  ["the next one tells again", [...seen(7), unread, stretch()], {}, /^pass/u],
  ["what is over its limit needs no more watching", [stretch({ p99Ms: 999 }), unread], {}, /^fail/u],
  [
    "failed requests were told for one sample of many",
    [stretch(), ...Array<SoakSample>(5).fill(without("errorRate"))],
    {},
    /^inconclusive: .*nothing told the share of failed requests now/u,
  ],
  [
    "a percentile was told for one sample of many",
    [stretch(), ...Array<SoakSample>(5).fill(without("p99Ms"))],
    {},
    /^inconclusive: .*nothing told p99 now/u,
  ],
  [
    "good figures beside smoke tests that fail now and then",
    [shaky("not_ok"), shaky("ok"), shaky("not_ok"), shaky("ok")],
    {},
    /^inconclusive: smoke tests passed in 2 of 4 rounds; .*p99 100 ms/u,
  ],
  ["good figures and smoke tests", [shaky("ok"), shaky("ok")], {}, /^pass/u],
])("%s", (_, samples, changes, expected) => {
  const verdict = judgeSoak(samples, { ...whole, ...changes });
  expect(`${verdict.kind}: ${verdict.kind === "watching" ? "" : verdict.sentence}`).toMatch(expected);
});

const near = (low: number, high: number, far: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.double({ min: low, max: high, noNaN: true }) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: far, noNaN: true }) },
  );
const figures = fc.record(
  {
    requests: fc.integer({ min: 0, max: 500 }),
    requestRate: near(5, 15, 50),
    errorRate: near(0, 0.01, 1),
    p50Ms: near(8, 12, 60_000),
    p95Ms: near(30, 50, 60_000),
    p99Ms: near(80, 120, 60_000),
  },
  { requiredKeys: ["requests"] },
);
const sample: fc.Arbitrary<SoakSample> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ figures, isSettled: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ problem: fc.constant("no answer"), isSettled: fc.boolean() }) },
);
const judged = fc.record({
  samples: fc.array(sample, { minLength: 1, maxLength: 12 }),
  baseline: fc.option(figures, { nil: undefined }),
  isOver: fc.boolean(),
});

test("nothing passes without enough requests on both sides, a share of failed requests, and every needed latency", () => {
  fc.assert(
    fc.property(judged, ({ samples, baseline, isOver }) => {
      const all = { ...whole, baseline, isOver, isLatencyNeeded: true };
      const counted = samples.flatMap((one) => (one.isSettled && one.figures !== undefined ? [one.figures] : []));
      const isEnough =
        isOver &&
        counted.reduce((sum, { requests }) => sum + requests, 0) >= all.minRequests &&
        (baseline?.requests ?? 0) >= all.minRequests &&
        counted.some(({ errorRate }) => errorRate !== undefined) &&
        counted.some(({ p95Ms }) => p95Ms !== undefined) &&
        counted.length * 2 >= samples.filter((one) => one.isSettled).length;
      expect(judgeSoak(samples, all).kind !== "pass" || isEnough).toBe(true);
    }),
  );
});

test("more failed requests or slower ones never turn a fail into anything else", () => {
  const worse = (figure: number | undefined, by: number): number | undefined => figure && figure * (1 + by);
  fc.assert(
    fc.property(judged, fc.nat({ max: 11 }), fc.double({ min: 0, max: 3, noNaN: true }), (made, index, by) => {
      const all = { ...whole, baseline: made.baseline, isOver: true };
      const changed = made.samples.map((one, place): SoakSample => {
        if (place !== index || one.figures === undefined) return one;
        const { errorRate, p50Ms, p95Ms, p99Ms } = one.figures;
        const slower = { p50Ms: worse(p50Ms, by), p95Ms: worse(p95Ms, by), p99Ms: worse(p99Ms, by) };
        const told = Object.entries({ ...slower, errorRate: errorRate && Math.min(1, errorRate * (1 + by)) }).filter(
          ([, value]) => value !== undefined,
        );
        return { ...one, figures: { ...one.figures, ...Object.fromEntries(told) } };
      });
      const [was, is] = [judgeSoak(made.samples, all).kind, judgeSoak(changed, all).kind];
      expect(was !== "fail" || is === "fail").toBe(true);
    }),
  );
});

const atRate = (requestRate: number): SoakSample => ({
  isSettled: true,
  figures: { ...before, requestRate, requests: requestRate * 60 },
});

test.each([
  [
    2.5,
    0.8,
    "2.5 requests/s (10 requests/s before, 75 % fewer: what matches no route any more may be among them; at least 2 requests/s)",
  ],
  [
    2.5,
    undefined,
    "2.5 requests/s (10 requests/s before, 75 % fewer: what matches no route any more may be among them)",
  ],
  [9.5, 0.8, "9.5 requests/s (10 requests/s before; at least 2 requests/s)"],
  [12, 0.8, "12 requests/s (10 requests/s before; at least 2 requests/s)"],
])(
  "a pass says how many requests stayed away, and what may be among them: %d of 10",
  (now, maxRequestRateDrop, text) => {
    const { maxRequestRateDrop: _, ...others } = whole;
    const given = maxRequestRateDrop === undefined ? others : { ...others, maxRequestRateDrop };
    const verdict = judgeSoak([atRate(now), atRate(now)], given);
    expect(verdict).toMatchObject({ kind: "pass", sentence: expect.stringContaining(text) });
  },
);
