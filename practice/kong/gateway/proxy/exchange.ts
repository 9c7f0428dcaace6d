import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { normalisePath } from "./path-pattern.ts";

/** One request and its answer. */
export class Exchange {
  readonly id = randomBytes(16).toString("hex");
  readonly startedAt = performance.now();
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly search: string;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
    const [path = "/", ...search] = (request.url ?? "/").split("?");
    this.path = normalisePath(path);
    this.search = search.length === 0 ? "" : `?${search.join("?")}`;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.search);
  }

  get clientIp(): string {
    return (this.request.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
  }
}
