import type { FigureKeeper, Stretch } from "./figures.ts";

/** What one request to the query API gets: the HTTP status and its JSON. */
export interface QueryAnswer {
  readonly status: number;
  readonly body: object;
}

/** In every answer, so that nobody takes the practice clients for a monitoring system (HTTP API v1 has a place for it). */
const infos = ["simulated: these are figures of the practice clients, and no Prometheus server is behind them"];

/**
 * Answers an instant query as a Prometheus server does (HTTP API v1, `GET /api/v1/query`), from the requests that the
 * clients really sent. Only the queries that kong-upgrade asks by itself are known, over any stretch of time: whatever
 * else would need PromQL is refused instead of being answered with a number of something else. Before the first request
 * there is no series, so the result is empty; when there were none lately, rates are 0 and shares of nothing are NaN.
 */
export function answerQuery(query: string | null, keeper: FigureKeeper, now: number): QueryAnswer {
  const asked = query === null ? undefined : readQuery(query);
  if (asked === undefined) return refused(query);
  const stretch = keeper.stretch(now, asked.seconds);
  const value = String(asked.read(stretch)).replace("Infinity", "+Inf");
  const result = stretch.wasAnySent ? [{ metric: {}, value: [now / 1_000, value] }] : [];
  return { status: 200, body: { status: "success", data: { resultType: "vector", result }, infos } };
}

function refused(query: string | null): QueryAnswer {
  const error =
    query === null
      ? "invalid parameter “query”: it is missing"
      : `the simulator knows only the queries of kong-upgrade, and not: ${query.slice(0, 300)}`;
  return { status: 400, body: { status: "error", errorType: "bad_data", error, infos } };
}

interface Asked {
  readonly seconds: number;
  readonly read: (stretch: Stretch) => number;
}

const answered = (matcher: string): string =>
  `sum(rate({__name__=~"kong_http_requests_total|kong_http_status",${matcher}}[]))`;
const allRequests = answered('code!=""');

/** Queries without the stretch of time between their brackets. */
const shares: ReadonlyMap<string, Asked["read"]> = new Map<string, Asked["read"]>([
  [allRequests, ({ requests, seconds }) => requests / seconds],
  [`(${answered('code=~"5.."')} or vector(0)) / ${allRequests}`, ({ requests, errors }) => errors / requests],
]);

const quantilePattern =
  /^histogram_quantile\((0\.\d{1,4}), sum by \(le\) \(rate\(\{__name__=~"kong_request_latency_ms_bucket\|kong_latency_bucket",type=~"request\|"\}\[\]\)\)\)$/u;

function readQuery(query: string): Asked | undefined {
  const stretches = [...new Set([...query.matchAll(/\[([^\]]*)\]/gu)].map(([, text = ""]) => text))];
  const seconds = secondsOf(stretches[0] ?? "");
  if (seconds === undefined || stretches.length > 1) return undefined;
  const form = query.replaceAll(/\[[^\]]*\]/gu, "[]");
  const quantile = quantilePattern.exec(form)?.[1];
  const read = quantile === undefined ? shares.get(form) : quantileReader(Number(quantile));
  return read === undefined ? undefined : { seconds, read };
}

/** `500ms`, `2s`, `1m` */
function secondsOf(text: string): number | undefined {
  const [, digits, unit] = /^([1-9]\d{0,5})(ms|s|m)$/u.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (unit === "ms" ? 0.001 : unit === "m" ? 60 : 1);
}

/** Nearest rank over the very times, where a server would reckon inside the bounds of its buckets. */
function quantileReader(quantile: number): Asked["read"] {
  return ({ sortedMs }) => sortedMs[Math.max(0, Math.ceil(sortedMs.length * quantile) - 1)] ?? Number.NaN;
}
