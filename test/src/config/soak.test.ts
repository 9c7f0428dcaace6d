import { expect, test } from "vitest";
import { complaintsAbout, environmentOf, sampleFile } from "./config-sample.ts";

test("an address that tells the share alone stays as it was, without limits for what it does not tell", () => {
  const { soak, metrics } = environmentOf(sampleFile('soak: { metrics_url: "http://m/" }'));
  expect(soak).toStrictEqual({
    durationMs: 600_000,
    sampleEveryMs: 10_000,
    maxErrorRateIncrease: 0.01,
    metricsUrl: "http://m/",
  });
  expect(metrics).toBeUndefined();
});

test("a source of figures brings limits that need not be written", () => {
  const { soak, metrics } = environmentOf(sampleFile("soak: { metrics: { from: kong } }"));
  expect(metrics).toStrictEqual({ from: "kong" });
  expect(soak).toMatchObject({
    baselineMs: 60_000,
    limits: { minRequests: 100, maxRequestRateDrop: 0.8, isLatencyNeeded: false, latency: { p99Ms: { ratio: 1 } } },
  });
});

test("written limits are needed; a query of one's own takes the place of Kong's metrics", () => {
  const { soak, metrics } = environmentOf(
    sampleFile(
      "soak:",
      "  metrics: { from: prometheus, url: 'http://p', token: { env: T }, queries: { p99_ms: 'my_p99' } }",
      "  max_latency_increase: { p99: { floor: 20ms }, p95: { ratio: 0.2 } }",
    ),
  );
  expect(soak.limits).toMatchObject({
    isLatencyNeeded: true,
    latency: { p95Ms: { ratio: 0.2, floorMs: 0 }, p99Ms: { ratio: 0, floorMs: 20 } },
  });
  expect(soak.limits?.latency.p50Ms).toBeUndefined();
  expect(metrics).toMatchObject({ token: { env: "T" }, queries: { p99Ms: "my_p99" } });
  // Both names of the counter, and no sum over nothing where no request failed.
  expect(metrics).toMatchObject({
    queries: { errorRate: expect.stringMatching(/kong_http_requests_total\|kong_http_status.* or vector\(0\)/u) },
  });
});

test.each([
  ["soak: { metrics_url: 'http://m/', metrics: { from: kong } }", "give either metrics or metrics_url"],
  ["soak: { metrics: { from: grafana } }", "from"],
  ["soak: { metrics: { from: command, argv: [] } }", "argv"],
])("%s is complained about", (line, words) => {
  const [complaint] = complaintsAbout(sampleFile(line));
  expect(`${complaint?.path}: ${complaint?.message}`).toContain(words);
});

test("proxies that count themselves need an address", () => {
  const nodes =
    "nodes: [{ name: dp, role: data_plane, proxy: 'http://p' }, { name: cp, role: control_plane, admin: 'http://a', proxy: 'http://p' }]";
  const text = sampleFile("topology: hybrid", "soak: { metrics: { from: kong } }").replace(/nodes: .*/u, nodes);
  expect(complaintsAbout(text)).toMatchObject([
    { path: "environments.prod.nodes.0.status", message: expect.stringContaining("every proxy") },
  ]);
});
