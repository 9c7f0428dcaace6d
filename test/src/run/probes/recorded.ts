import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Served } from "#test/src/run/kong-server.ts";

const recording = z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.unknown() });

/** Of a hybrid installation. */
export function hybrid(name: string): Promise<Served> {
  return recordedAnswer(`recorded/${name}.json`);
}

/** Of a traditional one. */
export function traditional(name: string): Promise<Served> {
  return recordedAnswer(`../../../practice/kong/gateway/recorded/${name}.json`);
}

/** A recorded answer as it is served again: status, version header and body. */
async function recordedAnswer(path: string): Promise<Served> {
  const { status, headers, body } = recording.parse(JSON.parse(await readFile(new URL(path, import.meta.url), "utf8")));
  const { Server: server } = headers;
  return { status, body, ...(server === undefined ? {} : { server }) };
}
