import { type JsonObject, isObject } from "./json.ts";

const MAX_ENTRIES = 500;
const MAX_BODY_BYTES = 32 * 1024;

/** One line of the traffic inspector. Times are milliseconds since the epoch, sizes are bytes of JSON. */
export type TrafficEntry = {
  readonly n: number;
  readonly at: number;
  readonly kind: "web_api" | "envelope" | "response_url" | "upload" | "socket";
  readonly name: string;
  readonly ms: number | null;
  readonly status: string;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly request: unknown;
  readonly response: unknown;
};

type Observation = Pick<TrafficEntry, "kind" | "name" | "ms" | "status" | "request" | "response">;

/** A bounded ring of what went between workspace and app, with tokens taken out. */
export class Traffic {
  #entries: TrafficEntry[] = [];
  #next = 1;
  readonly #now: () => number;
  readonly #onEntry: () => void;

  constructor(now: () => number, onEntry: () => void) {
    this.#now = now;
    this.#onEntry = onEntry;
  }

  add(seen: Observation): void {
    const request = bounded(redact(seen.request));
    const response = bounded(redact(seen.response));
    this.#entries.push({
      n: this.#next,
      at: this.#now(),
      kind: seen.kind,
      name: seen.name,
      ms: seen.ms,
      status: seen.status,
      bytes_in: request.bytes,
      bytes_out: response.bytes,
      request: request.body,
      response: response.body,
    });
    this.#next += 1;
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
    this.#onEntry();
  }

  after(n: number): readonly TrafficEntry[] {
    return this.#entries.filter((entry) => entry.n > n);
  }
}

const TOKEN = /xox[a-z]-[\w-]+|xapp-[\w-]+/gu;

function redact(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(TOKEN, "[token]");
  if (Array.isArray(value)) return value.map(redact);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [
    key,
    key === "token" ? "[token]" : redact(member),
  ]);
  return Object.fromEntries(entries) satisfies JsonObject;
}

function bounded(body: unknown): { readonly body: unknown; readonly bytes: number } {
  const text = JSON.stringify(body) ?? "";
  const bytes = Buffer.byteLength(text);
  return bytes <= MAX_BODY_BYTES ? { body, bytes } : { body: { cut: text.slice(0, MAX_BODY_BYTES) }, bytes };
}
