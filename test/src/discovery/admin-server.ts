import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { ServerOptions } from "node:https";
import { z } from "zod";

/** An Admin API that serves JSON by path (query included); what is not there is Kong's 404. */
export interface AdminServer extends AsyncDisposable {
  readonly url: string;
  /** `GET /path` of every request, in order. */
  readonly asked: readonly string[];
}

export interface AdminServerOptions {
  readonly tls?: ServerOptions;
  /** Answers 401 to who does not send it. */
  readonly token?: { readonly header: string; readonly value: string };
}

const address = z.object({ port: z.number() });

export async function startAdminServer(
  answers: (path: string, request: IncomingMessage) => unknown,
  { tls, token }: AdminServerOptions = {},
): Promise<AdminServer> {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? "/";
    asked.push(`${request.method ?? ""} ${path}`);
    const isLetIn = token === undefined || request.headers[token.header.toLowerCase()] === token.value;
    const answer = isLetIn
      ? answers(path, request)
      : { message: "Invalid credentials. Token or User credentials required" };
    response.writeHead(isLetIn ? (answer === undefined ? 404 : 200) : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { message: "Not found" }));
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = address.parse(server.address());
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
