import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { openTraffic } from "#src/discovery/traffic/open-traffic.ts";
import type { TrafficSource } from "#src/discovery/traffic/open-traffic.ts";
import { serveKong, startServer } from "#test/src/run/kong-server.ts";
import type { Served } from "#test/src/run/kong-server.ts";
import { nodeWith, withoutDatabase } from "#test/src/run/probe-context.ts";

const metricsText = (ok: number, failed: number): Served => ({
  status: 200,
  body: `kong_http_requests_total{code="200"} ${ok}\nkong_http_requests_total{code="503"} ${failed}\nkong_request_latency_ms_bucket{le="50"} ${ok}\nkong_request_latency_ms_bucket{le="+Inf"} ${ok + failed}\n`,
});

test("Kong's nodes: their totals are read twice and summed, a restart in between counts from 0", async () => {
  const first: Record<string, Served> = { "/metrics": metricsText(100, 0) };
  const second: Record<string, Served> = { "/metrics": metricsText(500, 10) };
  await using one = await serveKong(first);
  await using two = await serveKong(second);
  const nodes = [nodeWith({ name: "kong-1", admin: one.url }), nodeWith({ name: "kong-2", status: `${two.url}/` })];
  const { environment, ports } = withoutDatabase({ nodes });
  const openedAt = performance.now();
  const source = await openTraffic({ from: "kong" }, { environment, nodes }, ports);
  await delay(20);
  first["/metrics"] = metricsText(190, 2);
  // Restarted: it has counted 8 requests since.
  second["/metrics"] = metricsText(8, 0);
  const figures = await source.read();
  expect(figures).toMatchObject({ requests: 100, errorRate: 0.02, p50Ms: expect.any(Number), p99Ms: 50 });
  // Between the two looks was less time than in all.
  expect(figures.requestRate).toBeGreaterThan(100 / ((performance.now() - openedAt) / 1_000));
  expect(one.asked.every((path) => path === "GET /metrics")).toBe(true);
});

test("Kong's nodes without the plugin tell their requests only, and one that is away tells nothing", async () => {
  const answers: Record<string, Served> = { "/status": { status: 200, body: { server: { total_requests: 5 } } } };
  await using kong = await serveKong(answers);
  const nodes = [nodeWith({ name: "kong-1", admin: kong.url })];
  const { environment, ports } = withoutDatabase({ nodes });
  const source = await openTraffic({ from: "kong" }, { environment, nodes }, ports);
  answers["/status"] = { status: 200, body: { server: { total_requests: 25 } } };
  expect(await source.read()).toEqual({ requests: 20, requestRate: expect.any(Number) });
  answers["/status"] = { status: 500, body: { message: "An unexpected error happened" } };
  await expect(source.read()).rejects.toThrow("kong-1: GET /status answered HTTP 500");
  // The first look after a gap has nothing to compare with.
  answers["/metrics"] = metricsText(1_000, 0);
  await expect(source.read()).rejects.toThrow("kong-1 was read for the first time just now");
  expect(await source.read()).toMatchObject({ requests: 0 });
  delete answers["/metrics"];
  answers["/status"] = { status: 200, body: { server: { total_requests: 2_000 } } };
  await expect(source.read()).rejects.toThrow("counts in another way");
});

const vector = (...values: readonly string[]) => ({
  status: "success",
  data: { resultType: "vector", result: values.map((value) => ({ metric: {}, value: [1, value] })) },
});

test("a Prometheus server: one number per query, with the token; NaN and nothing are not told", async () => {
  const answers: Record<string, unknown> = {
    rate: vector("12.5"),
    errors: vector("NaN"),
    p50: { status: "success", data: { resultType: "scalar", result: [1, "8"] } },
    p95: vector("+Inf"),
    p99: vector(),
  };
  const tokens = new Set<string | undefined>();
  await using server = await startServer((request, response) => {
    tokens.add(request.headers.authorization);
    const query = new URL(request.url ?? "/", "http://x").searchParams.get("query") ?? "";
    response.end(JSON.stringify(answers[query]));
  });
  const queries = { requestRate: "rate", errorRate: "errors", p50Ms: "p50", p95Ms: "p95", p99Ms: "p99" };
  const metrics = { from: "prometheus", url: server.url, token: { env: "T" }, queries } as const;
  const { environment, ports } = withoutDatabase({ nodes: [] }, { T: "s3cret\n" });
  const source = await openTraffic(metrics, { environment, nodes: [] }, ports);
  expect(await source.read()).toEqual({ requests: expect.any(Number), requestRate: 12.5, p50Ms: 8 });
  expect([...tokens]).toEqual(["Bearer s3cret"]);

  answers["p99"] = vector("1", "2");
  await expect(source.read()).rejects.toThrow("the query p99 gives 2 series");
  answers["p99"] = { status: "error", errorType: "bad_data", error: "parse error" };
  await expect(source.read()).rejects.toThrow("refused the query p99: parse error");
  // Part of the servers behind it did not answer: what the others saw is not how it goes.
  answers["p99"] = { ...vector("1"), warnings: ["PromQL info: metric might not be a counter", "no store matched"] };
  await expect(source.read()).rejects.toThrow("answered the query p99 in part: no store matched");
  answers["p99"] = { ...vector("1"), isPartial: true };
  await expect(source.read()).rejects.toThrow("answered the query p99 in part");
  answers["p99"] = { ...vector("9"), isPartial: false, warnings: ["PromQL warning: bucket label is missing"] };
  expect(await source.read()).toMatchObject({ p99Ms: 9 });
  answers["p99"] = "<html>";
  await expect(source.read()).rejects.toThrow("answered the query p99 with HTTP 200");
});

async function openCommand(argv: readonly string[], timeoutMs = 60_000): Promise<TrafficSource> {
  const { environment, ports } = withoutDatabase({ nodes: [] });
  return openTraffic({ from: "command", argv, timeoutMs }, { environment, nodes: [] }, ports);
}

test.each<[string, object]>([
  ['{"request_rate":4,"error_rate":0.5,"p50_ms":null,"other":1}', { requestRate: 4, errorRate: 0.5 }],
  ['{"request_rate":0,"error_rate":0}', { requests: 0, requestRate: 0 }],
])("a command that prints %s tells figures", async (printed, expected) => {
  const source = await openCommand(["/bin/echo", printed]);
  expect(await source.read()).toMatchObject(expected);
});

/** No busy machine takes longer to start a program. */
const patient = 60_000;

test.each<[readonly string[], number, string]>([
  [["/bin/echo", '{"error_rate":0}'], patient, "tells no requests per second"],
  [["/bin/echo", "busy"], patient, "did not print a JSON object"],
  [["/bin/sh", "-c", "exit 3"], patient, "/bin/sh ended with status 3"],
  [["/bin/sleep", "60"], 300, "/bin/sleep did not end within 300 ms"],
])("a command that tells nothing (%s) says why", async (argv, timeoutMs, message) => {
  const source = await openCommand(argv, timeoutMs);
  await expect(source.read()).rejects.toThrow(message);
});
