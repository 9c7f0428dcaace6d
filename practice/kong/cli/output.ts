import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { setTimeout as delay } from "node:timers/promises";

/** What a person asked to see: nothing more, --v, --vv. */
export type Verbosity = "info" | "verbose" | "debug";

/**
 * The two streams of one command. stdout is block-buffered unless it is a terminal or `stdbuf -oL` was used, so a killed
 * command loses what it has not flushed; stderr is unbuffered. (contract of the real CLI: transcripts 01, 06 C, 11)
 */
export interface Output {
  info(text: string): void;
  verbose(text: string): void;
  debug(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  /** Bare text on stderr. */
  complain(text: string): void;
  /** Writes out what is buffered; to be called at a regular end. */
  flush(): Promise<void>;
}

/** glibc's buffer for a stream that is not a terminal, in bytes. */
const blockBytes = 4096;
const ranks = { info: 0, verbose: 1, debug: 2 } as const;

/** Opens the streams of this process. `stdbuf` is the value of the variable with which `stdbuf -o` sets the mode. */
export function openOutput(options: { readonly verbosity: Verbosity; readonly stdbuf: string | undefined }): Output {
  const isImmediate = isatty(1) || options.stdbuf === "L" || options.stdbuf === "0";
  const chosen = ranks[options.verbosity];
  let buffered = Buffer.alloc(0);

  function print(level: Verbosity, text: string): void {
    if (ranks[level] > chosen) return;
    const line = chosen === 0 ? `${text}\n` : `${timestamp()} [${level}] ${text}\n`;
    buffered = Buffer.concat([buffered, Buffer.from(line)]);
    const ready = isImmediate ? buffered.length : buffered.length - (buffered.length % blockBytes);
    if (ready === 0) return;
    writeAllSync(1, buffered.subarray(0, ready));
    buffered = buffered.subarray(ready);
  }

  return {
    info: (text) => print("info", text),
    verbose: (text) => print("verbose", text),
    debug: (text) => print("debug", text),
    warn: (text) => writeAllSync(2, `${timestamp()} [warn] ${text}\n`),
    error: (text) => writeAllSync(2, `${timestamp()} [error] ${text}\n`),
    complain: (text) => writeAllSync(2, text),
    flush: async () => {
      const rest = buffered;
      buffered = Buffer.alloc(0);
      await writeAll(rest);
    },
  };
}

/** `2026/11/20 23:08:45`, the local time in front of Kong's log lines. */
function timestamp(now: Date = new Date()): string {
  const day = `${now.getFullYear()}/${two(now.getMonth() + 1)}/${two(now.getDate())}`;
  return `${day} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function writeAllSync(descriptor: 1 | 2, data: string | Buffer): void {
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      // The reader set the pipe to non-blocking and is slower than we are.
      if (!isBusy(error)) throw error;
    }
  }
}

async function writeAll(bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (!isBusy(error)) throw error;
      await delay(5);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
