import { createServer, request as httpRequest } from "node:http";
import { closeServer, listenOnLoopback } from "./loopback-server.ts";
import { FigureKeeper } from "./figures.ts";
import type { TrafficReport } from "./figures.ts";
import { answerQuery } from "./query-api.ts";

/** One request that the clients repeat; any status that is not expected counts as an error, and so does every 5xx. */
interface PlannedRequest {
  readonly path: string;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Expected status codes; 200 when absent. */
  readonly expect?: readonly number[] | undefined;
}

/** What to send where. */
export interface TrafficOptions {
  readonly nodes: readonly { readonly name: string; readonly proxy: string }[];
  readonly requests: readonly PlannedRequest[];
  /** Requests per second and node; 5 when absent. */
  readonly perSecond?: number | undefined;
  /** Seconds that the figures cover when `GET /?window=` does not say; 60 when absent, at most 600. */
  readonly windowSeconds?: number | undefined;
  /** Port of the report on loopback; 0 takes a free one. */
  readonly port: number;
}

/** Running client traffic. */
export interface Traffic {
  readonly port: number;
  report(windowSeconds?: number): TrafficReport;
  stop(): Promise<void>;
}

const requestTimeoutMs = 5_000;
const longestWindowSeconds = 600;
/** A node that hangs must not pile up requests without end: beyond this many at once the next ones count as errors. */
const maxInFlight = 50;

/**
 * Sends a steady trickle through the proxies of all nodes, each request on a new connection, and serves the figures: as a
 * report of its own, and under `/api/v1/query` as a Prometheus server would.
 */
export async function startTraffic(options: TrafficOptions): Promise<Traffic> {
  if (options.requests.length === 0) throw new Error("no requests to send: give at least one path");
  const windowSeconds = options.windowSeconds ?? 60;
  const keeper = new FigureKeeper(
    options.nodes.map((node) => node.name),
    Date.now(),
    longestWindowSeconds,
  );
  const stopping = new AbortController();
  const clients = options.nodes.map((node) => startClient(node, options, { keeper, signal: stopping.signal }));
  const report = (seconds?: number) =>
    keeper.report(Date.now(), Math.min(Math.max(1, seconds ?? windowSeconds), longestWindowSeconds));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://traffic");
    if (pathname === "/api/v1/query") {
      const { status, body } = answerQuery(searchParams.get("query"), keeper, Date.now());
      response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
      response.end(JSON.stringify(body));
      return;
    }
    const asked = searchParams.get("window");
    const seconds = asked === null ? undefined : Number(asked);
    const isValid = seconds === undefined || Number.isFinite(seconds);
    response.writeHead(isValid ? 200 : 400, { "content-type": "application/json; charset=utf-8" });
    response.end(
      JSON.stringify(
        isValid ? answerOf(pathname, report(seconds)) : { message: `window must be seconds, got "${asked ?? ""}"` },
      ),
    );
  });
  const stop = async () => {
    stopping.abort();
    for (const stopClient of clients) stopClient();
    await closeServer(server);
  };
  try {
    return { port: await listenOnLoopback(server, options.port), report, stop };
  } catch (error) {
    for (const stopClient of clients) stopClient();
    stopping.abort();
    throw error;
  }
}

/** `/total` answers only the figures of all nodes together: the form that a soak step reads. */
function answerOf(pathname: string, report: TrafficReport): TrafficReport | TrafficReport["total"] {
  return pathname === "/total" ? report.total : report;
}

function startClient(
  node: { readonly name: string; readonly proxy: string },
  options: TrafficOptions,
  parts: { readonly keeper: FigureKeeper; readonly signal: AbortSignal },
): () => void {
  let turn = 0;
  let inFlight = 0;
  const timer = setInterval(
    () => {
      const planned = options.requests[turn % options.requests.length];
      turn += 1;
      if (planned === undefined) return;
      const at = Date.now();
      const sentAt = performance.now();
      const finish = (error: string | undefined) => {
        if (parts.signal.aborted) return;
        const durationMs = performance.now() - sentAt;
        parts.keeper.add({ at, node: node.name, path: planned.path, durationMs, error });
      };
      if (inFlight >= maxInFlight) {
        finish(`${maxInFlight} requests are waiting for an answer`);
        return;
      }
      inFlight += 1;
      void (async () => {
        const error = await send(node.proxy, planned, parts.signal);
        inFlight -= 1;
        finish(error);
      })();
    },
    1_000 / (options.perSecond ?? 5),
  );
  return () => {
    clearInterval(timer);
  };
}

/** Sends one request; what is wrong with the answer, or undefined. Never rejects. */
function send(proxy: string, planned: PlannedRequest, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const client = httpRequest(new URL(planned.path, proxy), {
      method: planned.method ?? "GET",
      headers: { ...planned.headers, connection: "close" },
      agent: false,
      signal,
    });
    client.setTimeout(requestTimeoutMs, () => client.destroy(new Error(`no answer within ${requestTimeoutMs} ms`)));
    client.once("error", (error) => resolve(error.message || "connection failed"));
    client.once("response", (response) => {
      response.resume();
      response.once("error", (error) => resolve(`answer cut off: ${error.message}`));
      response.once("end", () => resolve(problemOf(response.statusCode ?? 0, planned)));
    });
    client.end();
  });
}

function problemOf(status: number, planned: PlannedRequest): string | undefined {
  const expected = planned.expect ?? [200];
  return status >= 500 || !expected.includes(status)
    ? `status ${status}, expected ${expected.join(" or ")}`
    : undefined;
}
