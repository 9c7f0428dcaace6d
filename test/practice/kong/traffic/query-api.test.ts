import { expect, test } from "vitest";
import { z } from "zod";
import { FigureKeeper } from "#practice/kong/traffic/figures.ts";
import { answerQuery } from "#practice/kong/traffic/query-api.ts";
import { environmentOf, sampleFile } from "#test/src/config/config-sample.ts";

const start = Date.parse("2026-01-01T00:00:00Z");
const queries = (() => {
  const { metrics } = environmentOf(sampleFile('soak: { metrics: { from: prometheus, url: "http://p/" } }'));
  if (metrics?.from !== "prometheus") throw new Error("the sample does not name a Prometheus server");
  return metrics.queries;
})();

const vector = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({ metric: z.object({}), value: z.tuple([z.number(), z.string()]) })).max(1),
  }),
  infos: z.array(z.string().includes("simulated")).length(1),
});

function told(query: string, keeper: FigureKeeper, second: number): string | undefined {
  const { status, body } = answerQuery(query, keeper, start + second * 1_000);
  expect(status).toBe(200);
  return vector.parse(body).data.result[0]?.value[1];
}

/** 120 requests in the second minute, one of them failed; one at the very start took long. */
function busy(): FigureKeeper {
  const keeper = new FigureKeeper(["one", "two"], start, 600);
  const send = (second: number, node: string, durationMs: number, error?: string): void =>
    keeper.add({ at: start + second * 1_000, node, path: "/a", durationMs, error });
  send(1, "one", 5_000);
  for (let second = 61; second <= 120; second += 1) {
    send(second, "one", second - 60, second === 90 ? "status 502, expected 200" : undefined);
    send(second, "two", second);
  }
  return keeper;
}

test("what kong-upgrade asks a Prometheus server is answered from the requests of the asked time", () => {
  const keeper = busy();
  const all = Object.fromEntries(Object.entries(queries).map(([name, query]) => [name, told(query, keeper, 120)]));
  expect(all).toEqual({
    requestRate: "2",
    errorRate: String(1 / 120),
    p50Ms: "60",
    p95Ms: "114",
    p99Ms: "119",
  });
  expect(told(queries.requestRate.replace("[1m]", "[2s]"), keeper, 120)).toBe("2");
  expect(told(queries.p99Ms.replace("[1m]", "[5m]"), keeper, 120)).toBe("120");
  expect(told(queries.requestRate.replace("[1m]", "[5m]"), keeper, 120)).toBe(String(121 / 120));
});

test("there is no series before the first request, and shares of nothing are no numbers afterwards", () => {
  const keeper = new FigureKeeper(["one"], start, 600);
  for (const query of Object.values(queries)) expect(told(query, keeper, 60)).toBeUndefined();
  const silent = busy();
  expect(told(queries.requestRate, silent, 300)).toBe("0");
  for (const query of [queries.errorRate, queries.p50Ms]) expect(told(query, silent, 300)).toBe("NaN");
});

test.each([
  ["nothing", null],
  ["another series", "up"],
  ["another label", 'sum(rate({__name__=~"kong_http_requests_total|kong_http_status",service="orders"}[1m]))'],
  ["no length of time", queries.requestRate.replace("[1m]", "[many]")],
  ["two lengths of time", queries.errorRate.replace("[1m]", "[2s]")],
])("a query for %s is refused as a server refuses one, because no number of it is there", (_, query) => {
  const { status, body } = answerQuery(query, busy(), start);
  expect(status).toBe(400);
  expect(body).toMatchObject({ status: "error", errorType: "bad_data" });
});
