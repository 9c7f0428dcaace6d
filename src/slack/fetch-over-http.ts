import { request as requestHttp } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { FetchFunction } from "@slack/web-api";
import { boundedText } from "#src/bounded-text.ts";

type FetchResponse = Awaited<ReturnType<FetchFunction>>;

/** Slack's longest lists are cut into pages of some 500 kB. */
const maxAnswerBytes = 20_000_000;

/**
 * What Slack's libraries need of `fetch`, over `node:http`: Node's own `fetch` takes three times the processor time in a
 * process that has made few calls yet, and keeps each call's objects through every small collection, whose pauses then
 * reach those who wait for an acknowledgement (measured with Node 24.21; bench/README.md). A redirect is an error, as
 * Slack's libraries ask for it. @throws Error when no whole answer came
 */
export const fetchOverHttp: FetchFunction = async (url, init = {}) => {
  const { method = "GET", headers = {}, body, signal } = init;
  if (body !== undefined && typeof body !== "string")
    throw new TypeError("files go to Slack by an upload of their own");
  const target = new URL(url);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = (target.protocol === "https:" ? requestHttps : requestHttp)(
      target,
      { method, headers: { ...headers, ...lengthOf(body) }, ...(signal === undefined ? {} : { signal }) },
      resolve,
    );
    // Always heard: one that comes after the answer has begun reaches its reader, too, and must not end the process.
    request.on("error", reject);
    request.end(body);
  });
  return responseOf(target, answer, await bodyOf(answer));
};

function lengthOf(body: string | undefined): Readonly<Record<string, string>> {
  return body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const status = answer.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    answer.destroy();
    throw new Error(`the answer leads elsewhere (${status}), which Slack's never do`);
  }
  return boundedText(answer, maxAnswerBytes);
}

function responseOf(
  { href }: URL,
  { statusCode: status = 0, statusMessage, headers }: IncomingMessage,
  body: string,
): FetchResponse {
  const listed = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    [value ?? []].flat().join(", "),
  ]);
  const byName = new Map(listed);
  return {
    ok: status >= 200 && status < 300,
    status,
    statusText: statusMessage ?? "",
    url: href,
    headers: { get: (name) => byName.get(name.toLowerCase()) ?? null, entries: () => listed },
    text: async () => body,
    json: async (): Promise<unknown> => JSON.parse(body),
    arrayBuffer: async () => new TextEncoder().encode(body).buffer,
  };
}
