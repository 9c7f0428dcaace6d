import fc from "fast-check";
import { expect, test } from "vitest";
import { readMetricsText } from "#src/discovery/traffic/metrics-text.ts";

test("Kong 2.8: counters by status and latencies of requests, summed over services and routes", () => {
  const text = `# HELP kong_http_status HTTP status codes per service/route in Kong
# TYPE kong_http_status counter
kong_http_status{service="orders",route="all, {odd}",code="200"} 90
kong_http_status{service="orders",route="say \\"hi\\"",code="404"} 5
kong_http_status{service="orders",route="all",code="502"} 3
kong_http_requests_total{consumer="anna"} 7777
kong_latency_bucket{service="orders",route="all",type="kong",le="1"} 99
kong_latency_bucket{service="orders",route="all",type="request",le="10"} 40
kong_latency_bucket{service="orders",route="other",type="request",le="10"} 10
kong_latency_bucket{service="orders",route="all",type="request",le="+Inf"} 98
`;
  expect(readMetricsText(text)).toEqual({
    requests: 98,
    errors: 3,
    buckets: new Map([
      [10, 50],
      [Number.POSITIVE_INFINITY, 98],
    ]),
  });
});

test("Kong 3: the counters have other names and more labels", () => {
  const text = `kong_http_requests_total{service="a",route="b",code="200",source="service",workspace="default",consumer=""} 10 1790000000000
kong_http_requests_total{service="a",route="b",code="500",source="kong",workspace="default",consumer=""} 2.0
kong_request_latency_ms_bucket{service="a",route="b",workspace="default",le="25"} 11
kong_upstream_latency_ms_bucket{service="a",route="b",workspace="default",le="25"} 12
kong_request_latency_ms_bucket{service="a",route="b",workspace="default",le="+Inf"} 12`;
  expect(readMetricsText(text)).toEqual({
    requests: 12,
    errors: 2,
    buckets: new Map([
      [25, 11],
      [Number.POSITIVE_INFINITY, 12],
    ]),
  });
});

test("a plugin that counts neither statuses nor latencies tells nothing", () => {
  expect(readMetricsText('kong_nginx_requests_total{node_id="1"} 12\nkong_datastore_reachable 1\n')).toEqual({});
});

test.each(["NaN", "+Inf", "-Inf", "-1", "", "many", "1e999"])("%s is no number of requests", (word) => {
  expect(readMetricsText(`kong_http_status{code="200"} ${word}`)).toEqual({});
});

test.each([
  'kong_http_requests_total{code="500"} NaN',
  'kong_http_requests_total{code="500", route="a"} 7',
  'kong_http_requests_total{code="500"',
])("counters of which one line cannot be read are not told: errors would be missing (%s)", (line) => {
  expect(readMetricsText(`kong_http_requests_total{code="200"} 90\n${line}\n`)).toEqual({});
});

test("latencies without the bucket that holds the slowest requests are not told: they would look fast", () => {
  const bucket = (le: string, count: number): string => `kong_request_latency_ms_bucket{le="${le}"} ${count}\n`;
  const finite = bucket("25", 90) + bucket("50", 95);
  expect(readMetricsText(finite)).toEqual({});
  expect(readMetricsText(finite + bucket("+Inf", 4_000)).buckets?.size).toBe(3);
  expect(readMetricsText(`${finite}kong_request_latency_ms_bucket{le="+Inf"} NaN\n`)).toEqual({});
});

test("no text breaks the reading, and none makes a number that is none", () => {
  const line = fc.oneof(
    fc.string(),
    fc.tuple(fc.string(), fc.string()).map(([label, value]) => `kong_http_status{code="200",x="${label}"} ${value}`),
    fc.string().map((value) => `kong_latency_bucket{type="request",le="${value}"} 1`),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      const { requests = 0, errors = 0, buckets = new Map<number, number>() } = readMetricsText(lines.join("\n"));
      for (const value of [requests, errors, ...buckets.values()])
        expect(Number.isFinite(value) && value >= 0).toBe(true);
    }),
  );
});
