import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { closeServer, listenOnLoopback } from "./loopback-server.ts";

/** The small service behind the simulated gateways. */
export interface Upstream {
  readonly port: number;
  stop(): Promise<void>;
}

const longestDelayMs = 30_000;

/**
 * Starts the upstream on loopback (port 0: any free one). It answers 200 with method, path and headers as JSON;
 * `/status/503` answers with that status and `?delay_ms=250` waits first (at most 30 s).
 */
export async function startUpstream(options: { readonly port: number }): Promise<Upstream> {
  const server = createServer((request, response) => {
    void echo(request, response);
  });
  const port = await listenOnLoopback(server, options.port);
  return { port, stop: () => closeServer(server) };
}

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://upstream");
  request.resume();
  const waitMs = Number(url.searchParams.get("delay_ms") ?? "0");
  if (waitMs > 0) await delay(Math.min(waitMs, longestDelayMs));
  const asked = /\/status\/([2-5]\d\d)$/.exec(url.pathname)?.[1];
  const body = JSON.stringify({
    served_by: "practice upstream",
    method: request.method,
    path: url.pathname,
    query: url.search,
    headers: request.headers,
  });
  response.writeHead(Number(asked ?? "200"), {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
