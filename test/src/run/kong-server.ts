import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { z } from "zod";

/** One answer of Kong; a text that is no JSON is sent as it is. */
export interface Served {
  readonly status: number;
  readonly body: unknown;
  /** The header `Server`. */
  readonly server?: string;
}

export interface KongServer extends AsyncDisposable {
  readonly url: string;
  /** `GET /path` of every request, in order. */
  readonly asked: readonly string[];
}

const address = z.object({ port: z.number() });

/** Serves answers by path without query, as Kong's Admin and status API do; what is not there is Kong's 404. */
export function serveKong(answers: Readonly<Record<string, Served>>): Promise<KongServer> {
  return startServer((request, response) => {
    const [path = ""] = (request.url ?? "/").split("?");
    const { status, body, server } = answers[path] ?? { status: 404, body: { message: "Not found" } };
    response.writeHead(status, { "content-type": "application/json", ...(server === undefined ? {} : { server }) });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
}

/** A list as Kong answers it. */
export function listOf(data: readonly unknown[]): Served {
  return { status: 200, body: { data, next: null } };
}

/** A server that does whatever a test wants of it. */
export async function startServer(listener: RequestListener): Promise<KongServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ""} ${request.url ?? "/"}`);
    listener(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = address.parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
