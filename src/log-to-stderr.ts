import { write, writeSync } from "node:fs";
import type { DestinationStream } from "pino";

const stderr = 2;
/** Lines that wait while nobody takes them: a full disk, a reader that stands still. What comes beyond is left out. */
const keptBytes = 4 * 1_024 * 1_024;
/** After this a write that failed is tried again, or with the next line. */
const retryMs = 1_000;
/** For the last lines, when the process ends. */
const farewellMs = 2_000;
const napMs = 20;
/** A write that takes longer than this waits for somebody who does not read. */
const stuckMs = 1_000;

/**
 * Standard error, written without ever waiting for it, and without ever ending the process, which may be in the middle of
 * a step whose outcome nobody else will know. pino's own destination throws where the disk is full, and then tries for ever
 * to write the last lines, with the event loop standing still (sonic-boom 4.2).
 */
export function openStderr(): DestinationStream & { flushSync(): void } {
  const lines = createLines();
  let writingSinceMs: number | undefined;
  let isAsked = false;

  const writeOn = (): void => {
    isAsked = false;
    const bytes = writingSinceMs === undefined ? lines.take() : undefined;
    if (bytes === undefined) return;
    writingSinceMs = performance.now();
    write(stderr, bytes, (error, written) => {
      writingSinceMs = undefined;
      lines.putBack(bytes.subarray(written));
      if (error === null) writeOn();
      else if (isOver(error)) lines.close();
      else setTimeout(writeOn, retryMs).unref();
    });
  };
  /** What the system is writing in this moment stays with it; a reader that stands still would be waited for without end. */
  const flushSync = (): void => {
    const now = performance.now();
    if (writingSinceMs !== undefined && now - writingSinceMs > stuckMs) return;
    const untilMs = now + farewellMs;
    for (let bytes = lines.take(); bytes !== undefined; bytes = lines.take()) {
      try {
        lines.putBack(bytes.subarray(writeSync(stderr, bytes)));
      } catch (error) {
        lines.putBack(bytes);
        if (!isBusy(error) || performance.now() > untilMs) return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, napMs);
      }
    }
  };
  process.on("exit", flushSync);
  return {
    write: (line) => {
      lines.add(line);
      // Not at once: whoever ends the process right after a line finds it here.
      if (!isAsked) setImmediate(writeOn);
      isAsked = true;
    },
    flushSync,
  };
}

/** Bytes that are not written yet, in order, up to a limit. */
function createLines() {
  const waiting: Buffer[] = [];
  let length = 0;
  let isClosed = false;
  return {
    add: (line: string): void => {
      const bytes = Buffer.from(line);
      if (isClosed || length + bytes.length > keptBytes) return;
      waiting.push(bytes);
      length += bytes.length;
    },
    take: (): Buffer | undefined => {
      const all = waiting.splice(0);
      length = 0;
      return all.length === 0 ? undefined : Buffer.concat(all);
    },
    putBack: (bytes: Buffer): void => {
      if (isClosed || bytes.length === 0) return;
      waiting.unshift(bytes);
      length += bytes.length;
    },
    close: (): void => {
      isClosed = true;
      waiting.length = 0;
    },
  };
}

/** Nobody reads it any more, and nobody will. */
function isOver(error: NodeJS.ErrnoException): boolean {
  return error.code === "EPIPE" || error.code === "EBADF";
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
