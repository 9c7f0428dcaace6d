import { expect, test } from "vitest";
import { FigureKeeper } from "#practice/kong/traffic/figures.ts";

const start = Date.parse("2026-01-01T00:00:00Z");
const sample = (second: number, durationMs: number, error?: string) => ({
  at: start + second * 1_000,
  node: "one",
  path: "/a",
  durationMs,
  error,
});

test("figures cover the asked window, totals everything since the start", () => {
  const keeper = new FigureKeeper(["one", "two"], start, 600);
  keeper.add(sample(1, 900, "status 502, expected 200"));
  for (let second = 101; second <= 200; second += 1) keeper.add(sample(second, second - 100));
  const report = keeper.report(start + 200_000, 100);
  expect(report.nodes["one"]).toEqual({
    requests: 100,
    errors: 0,
    error_rate: 0,
    p50_ms: 50,
    p99_ms: 99,
    since_start: { requests: 101, errors: 1, error_rate: 1 / 101 },
  });
  expect(report.total.requests).toBe(100);
  expect(report.last_errors).toEqual([
    { at: "2026-01-01T00:00:01.000Z", node: "one", path: "/a", error: "status 502, expected 200" },
  ]);
});

test("a node that got no request has no error rate, which is not the same as a good one", () => {
  const report = new FigureKeeper(["one"], start, 600).report(start + 1_000, 60);
  expect(report.nodes["one"]?.error_rate).toBeNull();
  expect(report.total.p99_ms).toBeNull();
});

test("samples are bounded while the totals go on counting", () => {
  const keeper = new FigureKeeper(["one"], start, 600);
  for (let index = 0; index < 30_000; index += 1) keeper.add(sample(1, 1));
  const report = keeper.report(start + 1_000, 600);
  expect(report.total.since_start.requests).toBe(30_000);
  expect(report.total.requests).toBeLessThanOrEqual(20_000);
});
