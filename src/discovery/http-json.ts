import { request as requestHttp } from "node:http";
import type { IncomingMessage, RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { pipeline } from "node:stream";
import type { Readable, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { errorMessage } from "#src/kernel/app-error.ts";
import { boundedText, TooLong } from "#src/bounded-text.ts";
import { limits } from "./limits.ts";
import type { HttpAccess, HttpAnswer, HttpCall } from "./ports.ts";

/** No whole answer came. Who asked for a change has to know whether the request may have arrived all the same. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  /** Whether there was a connection by then, with TLS agreed upon where it is used: before that nothing is sent. */
  readonly mayHaveArrived: boolean;

  constructor(
    message: string,
    { cause, mayHaveArrived }: { readonly cause: unknown; readonly mayHaveArrived: boolean },
  ) {
    super(message, { cause });
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** Whether an answer came and was longer than `limits.answerBytes`. */
export function isAnswerTooLong(error: unknown): boolean {
  return error instanceof NoAnswer && error.cause instanceof TooLong;
}

/**
 * One HTTP request whose answer should be JSON. Redirects are not followed: an Admin API does not redirect, and
 * following one would leave the configured address. @throws NoAnswer with the reason when no whole answer came in time
 */
export async function fetchJson({ url, method, body, access, timeoutMs }: HttpCall): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const options = { method: method ?? "GET", headers: headersOf(access, text), signal, ...tlsOf(access) };
  const line: Line = { isOpen: false };
  try {
    return await send(new URL(url), options, { body: text, line });
  } catch (error) {
    const reason = signal.aborted ? `timeout after ${timeoutMs} ms` : errorMessage(error);
    throw new NoAnswer(`${url} did not answer: ${reason}`, { cause: error, mayHaveArrived: line.isOpen });
  }
}

/** Whether the other side can be spoken to already. */
interface Line {
  isOpen: boolean;
}

function headersOf(access: HttpAccess | undefined, body: string | undefined): Record<string, string> {
  return {
    accept: "application/json",
    ...(body === undefined
      ? {}
      : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) }),
    ...access?.headers,
  };
}

interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

function tlsOf(access: HttpAccess | undefined): TlsOptions {
  if (access?.tls === undefined) return {};
  const { ca, certificate, key } = access.tls;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  };
}

interface Sending {
  readonly body: string | undefined;
  readonly line: Line;
}

/** The other side may end a kept connection just when it is used again. */
class KeptConnectionEnded extends Error {
  override readonly name = "KeptConnectionEnded";

  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

/** Only what changes nothing goes over kept connections, so it may be asked once more, over a new one. */
async function send(url: URL, options: RequestOptions, sending: Sending): Promise<HttpAnswer> {
  try {
    return await exchange(url, options, sending);
  } catch (error) {
    if (!(error instanceof KeptConnectionEnded)) throw error;
    return exchange(url, { ...options, agent: false }, sending);
  }
}

function exchange(url: URL, options: RequestOptions, { body, line }: Sending): Promise<HttpAnswer> {
  const isSecure = url.protocol === "https:";
  // A kept connection that the other side closed meanwhile would leave open whether a change arrived, so changes get
  // their own.
  const agent = options.method === "GET" ? {} : { agent: false };
  return new Promise((resolve, reject) => {
    const request = (isSecure ? requestHttps : requestHttp)(url, { ...options, ...agent }, (response) => {
      boundedText(unpacked(response), limits.answerBytes).then(
        (text) => resolve({ status: response.statusCode ?? 0, ...contentOf(text), ...serverOf(response) }),
        (error: unknown) => reject(error instanceof Error ? error : new Error(errorMessage(error))),
      );
    });
    request.once("socket", (socket) => {
      if (!socket.connecting) {
        line.isOpen = true;
        return;
      }
      socket.once(isSecure ? "secureConnect" : "connect", () => {
        line.isOpen = true;
      });
    });
    request.once("error", (cause) => reject(request.reusedSocket ? new KeptConnectionEnded(cause) : cause));
    request.end(body);
  });
}

function serverOf({ headers }: IncomingMessage): { readonly server?: string } {
  const { server } = headers;
  return typeof server === "string" ? { server } : {};
}

/** Nobody asks for a packed answer, but some proxies pack all of them. What is unpacked is bounded by who reads it. */
function unpacked(response: IncomingMessage): Readable {
  const unpack = unpackers.get(response.headers["content-encoding"]?.toLowerCase() ?? "");
  if (unpack === undefined) return response;
  const unpacking = unpack();
  // Failures of both ends reach the reader of what is unpacked.
  pipeline(response, unpacking, () => undefined);
  return unpacking;
}

const unpackers: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);

function contentOf(text: string): Pick<HttpAnswer, "body" | "text"> {
  const body = parseJson(text);
  return body === undefined ? { body, text } : { body };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // HTML of a proxy in between, or a cut-off answer: the reader names the status and what it expected.
    return undefined;
  }
}
