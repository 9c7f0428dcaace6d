import { expect, test } from "vitest";
import { judgeSoak } from "#src/run/actions/judge-soak.ts";
import type { SoakLimits, SoakSample } from "#src/run/actions/judge-soak.ts";

const limits: SoakLimits = {
  baseline: { requests: 1_000, errors: 10, rate: 0.01 },
  maxErrorRateIncrease: 0.02,
  isMetered: true,
  isOver: true,
};

function rate(share: number, requests = 100): SoakSample {
  return { isSettled: true, errorRate: { requests, errors: Math.round(share * requests), rate: share } };
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
    sentence: "20 % of requests failed in 1 samples (100 requests seen) (1 % before; at most 3 % are allowed)",
  });
});
