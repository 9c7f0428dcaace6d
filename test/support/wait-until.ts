import { setTimeout as delay } from "node:timers/promises";

/** A look may cost a whole thread: whoever waits for long looks less and less often. */
const longestPauseMs = 250;

/** It ends what hangs, and is no bound of speed: on a machine that many share, a process may take a minute to load. */
const patienceMs = 120_000;

/** Polls until `read` gives a value (not undefined or false); fails with `what` after the deadline. */
export async function waitUntil<T>(
  what: string,
  read: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = patienceMs,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (let pauseMs = 20; ; pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    await delay(pauseMs);
  }
}
