import { once } from "node:events";
import { createServer } from "node:http";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { fetchJson, isAnswerTooLong } from "#src/discovery/http-json.ts";
import { limits } from "#src/discovery/limits.ts";

/** The address of a server with one answer. */
async function serving(encoding: string, body: Buffer): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": encoding });
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}/`;
}

const answer = Buffer.from(JSON.stringify({ version: "3.4.2" }));

test.each([
  ["gzip", gzipSync(answer)],
  ["GZip", gzipSync(answer)],
  ["deflate", deflateSync(answer)],
  ["br", brotliCompressSync(answer)],
  ["identity", answer],
])("an answer that a proxy packed as %s is read", async (encoding, body) => {
  const url = await serving(encoding, body);
  expect((await fetchJson({ url, timeoutMs: 5_000 })).body).toEqual({ version: "3.4.2" });
});

test("a packed answer that is cut off or broken is none", async () => {
  const cut = await serving("gzip", gzipSync(answer).subarray(0, 12));
  await expect(fetchJson({ url: cut, timeoutMs: 5_000 })).rejects.toThrow(/did not answer/u);
  const broken = await serving("gzip", answer);
  await expect(fetchJson({ url: broken, timeoutMs: 5_000 })).rejects.toThrow(/did not answer/u);
});

test("what a small answer unpacks to is bounded like every other", async () => {
  const url = await serving("gzip", gzipSync(Buffer.alloc(limits.answerBytes + 1, " ")));
  const error: unknown = await fetchJson({ url, timeoutMs: 20_000 }).catch((problem: unknown) => problem);
  expect(isAnswerTooLong(error)).toBe(true);
});
