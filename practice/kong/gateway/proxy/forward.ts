import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { pipeline } from "node:stream";
import type { Answer } from "./request-outcome.ts";
import type { Peer } from "./upstream-choice.ts";

/** One request to an upstream; times in milliseconds. */
interface Forwarded {
  readonly peers: readonly Peer[];
  readonly protocol: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly retries: number;
  readonly verifiesTls: boolean;
}

interface Attempted extends Forwarded {
  readonly hasBody: boolean;
}

/** What came back: the upstream's response, or Kong's own answer when there was none. */
type Forwarding =
  | { readonly kind: "response"; readonly response: IncomingMessage }
  | { readonly kind: "failed"; readonly answer: Answer; readonly reason: string };

/** Sends requests to upstreams over kept-alive connections. */
export interface Forwarder {
  send(client: IncomingMessage, wanted: Forwarded): Promise<Forwarding>;
  close(): void;
}

/** Opens the connection pools of one worker (upstream_keepalive_pool_size is 60 in 2.8). */
export function openForwarder(): Forwarder {
  const pool = { keepAlive: true, maxFreeSockets: 60 };
  const http = new HttpAgent(pool);
  const https = new HttpsAgent(pool);
  return {
    close: () => {
      http.destroy();
      https.destroy();
    },
    send: async (client, wanted) => {
      // A body is streamed and so can be sent once; requests without one are tried on the next peer, as nginx does.
      const hasBody =
        client.headers["content-length"] !== undefined || client.headers["transfer-encoding"] !== undefined;
      const attempts = hasBody ? 1 : Math.min(wanted.peers.length, wanted.retries + 1);
      let last: Forwarding = failed(503, "failure to get a peer from the ring-balancer", "no peer");
      for (const peer of wanted.peers.slice(0, attempts)) {
        last = await attempt(client, { ...wanted, hasBody }, peer);
        if (last.kind === "response" || last.answer.status === 504) return last;
      }
      return last;
    },
  };

  function attempt(client: IncomingMessage, wanted: Attempted, peer: Peer): Promise<Forwarding> {
    const isTls = wanted.protocol === "https";
    const options = {
      host: peer.host,
      port: peer.port,
      method: client.method,
      path: wanted.path,
      headers: wanted.headers,
      setHost: false,
      agent: isTls ? https : http,
      rejectUnauthorized: wanted.verifiesTls,
    };
    return new Promise<Forwarding>((resolve) => {
      const upstream = isTls ? httpsRequest(options) : httpRequest(options);
      const connect = setTimeout(() => {
        upstream.destroy(new Error("upstream timed out while connecting"));
      }, wanted.connectTimeoutMs);
      upstream.once("socket", (socket) => {
        if (socket.connecting) socket.once("connect", () => clearTimeout(connect));
        else clearTimeout(connect);
      });
      upstream.setTimeout(wanted.readTimeoutMs, () => upstream.destroy(new Error("upstream timed out while reading")));
      upstream.once("response", (response) => {
        clearTimeout(connect);
        resolve({ kind: "response", response });
      });
      upstream.once("error", (error) => {
        clearTimeout(connect);
        resolve(answerTo(error));
      });
      // A body that breaks off destroys the request; its error event says so.
      if (wanted.hasBody) pipeline(client, upstream, () => undefined);
      else upstream.end();
    });
  }
}

function answerTo(error: Error): Forwarding {
  if (/timed out/.test(error.message)) return failed(504, "The upstream server is timing out", error.message);
  if ("code" in error && (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN")) {
    return failed(503, "name resolution failed", error.message);
  }
  return failed(502, "An invalid response was received from the upstream server", error.message);
}

function failed(status: number, message: string, reason: string): Forwarding {
  return { kind: "failed", answer: { status, message }, reason };
}
