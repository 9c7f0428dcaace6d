import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { execa } from "execa";

/** A line that a started process wrote as its first deed, and when it arrived, by `performance.now()`. */
export interface Signal {
  readonly text: string;
  readonly atMs: number;
}

/** Where processes say that they were started: a pipe with a name, as a line of a few bytes arrives whole and at once. */
export interface Signals extends AsyncDisposable {
  /** A script for `/bin/sh` that says this. */
  scriptOf(text: string): string;
  /** The next line that nobody has taken yet. @throws Error after the deadline */
  next(timeoutMs?: number): Promise<Signal>;
}

export async function openSignals(folder: string): Promise<Signals> {
  const path = join(folder, "signals");
  await execa("mkfifo", [path], { timeout: 5_000 });
  // Also open for writing, so that it never ends when a writer does.
  const pipe = new Socket({ fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK), writable: false });
  const arrived: Signal[] = [];
  let waiting: ((signal: Signal) => void) | undefined;
  pipe.on("data", (bytes: Buffer) => {
    const atMs = performance.now();
    for (const text of bytes
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "")) {
      const take = waiting;
      waiting = undefined;
      if (take === undefined) arrived.push({ text, atMs });
      else take({ text, atMs });
    }
  });
  return {
    scriptOf: (text) => `echo ${text} > ${path}`,
    next: async (timeoutMs = 30_000) => {
      const first = arrived.shift();
      if (first !== undefined) return first;
      const { promise, resolve, reject } = Promise.withResolvers<Signal>();
      const timer = setTimeout(() => reject(new Error(`no process was started within ${timeoutMs} ms`)), timeoutMs);
      waiting = resolve;
      return promise.finally(() => clearTimeout(timer));
    },
    [Symbol.asyncDispose]: async () => void pipe.destroy(),
  };
}
