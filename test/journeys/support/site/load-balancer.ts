import { readFileSync, existsSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { closeServer, listenOnLoopback } from "#practice/kong/traffic/loopback-server.ts";

/** A node as the load balancer sees it. */
export interface Backend {
  readonly name: string;
  readonly proxy: string;
}

/** What clients talk to; its settings are files, which the hooks of a site write. */
export interface LoadBalancer {
  readonly port: number;
  /** Requests that each node was given so far. */
  given(): ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/**
 * Spreads requests over the nodes that are not taken out, `share` percent of them over the new ones. It knows no health
 * checks and tries nothing twice: whoever stops a node in traffic fails requests, which is what a test wants to see.
 */
export async function startLoadBalancer(options: {
  readonly settings: string;
  readonly old: readonly Backend[];
  readonly fresh: readonly Backend[];
}): Promise<LoadBalancer> {
  const counts = new Map<string, number>();
  let turn = 0;

  function choose(): Backend | undefined {
    turn += 1;
    const share = readShare(options.settings);
    const isForNew = Math.floor((turn * share) / 100) > Math.floor(((turn - 1) * share) / 100);
    const side = (isForNew ? options.fresh : options.old).filter(
      ({ name }) => !existsSync(takenOutFile(options.settings, name)),
    );
    return side[turn % Math.max(1, side.length)];
  }

  const server = createServer((request, response) => {
    const backend = choose();
    if (backend === undefined) return refuse(response, 503);
    counts.set(backend.name, (counts.get(backend.name) ?? 0) + 1);
    forward(request, response, backend);
  });
  const port = await listenOnLoopback(server, 0);
  return { port, given: () => new Map(counts), stop: () => closeServer(server) };
}

/** Percent of the traffic that the new side gets. */
function readShare(settings: string): number {
  const file = join(settings, "share");
  return existsSync(file) ? Number(readFileSync(file, "utf8").trim()) : 0;
}

/** While this file is there, the node gets no requests. */
function takenOutFile(settings: string, node: string): string {
  return join(settings, `out-${node}`);
}

function forward(request: IncomingMessage, response: ServerResponse, { proxy }: Backend): void {
  const headers = { ...request.headers, connection: "close" };
  const onward = httpRequest(new URL(request.url ?? "/", proxy), { method: request.method, headers, agent: false });
  onward.once("error", () => refuse(response, 502));
  onward.once("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.once("error", () => response.destroy());
    answer.pipe(response);
  });
  request.pipe(onward);
}

function refuse(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status);
  response.end();
}
