import { readFile } from "node:fs/promises";
import { z } from "zod";

const recording = z.object({
  request: z.string(),
  request_body: z.json(),
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.json(),
});

/** One recorded call of a real Admin API. */
export type Recording = z.infer<typeof recording>;

/** Reads `recorded/<name>.json`. */
export async function readRecording(name: string): Promise<Recording> {
  return recording.parse(JSON.parse(await readFile(new URL(`recorded/${name}.json`, import.meta.url), "utf8")));
}

/** An answer in the form of a recording. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Repeats a recorded call on another node. */
export async function repeat(recorded: Recording, origin: string): Promise<Answered> {
  const [method = "GET", path = "/"] = recorded.request.split(" ");
  const response = await fetch(`${origin}${path}`, {
    method,
    ...(recorded.request_body === null
      ? {}
      : { body: JSON.stringify(recorded.request_body), headers: { "content-type": "application/json" } }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Keys and types of a value; lists are described by their first entry. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
  }
  return value === null ? "null" : typeof value;
}
