import { createHash } from "node:crypto";
import type { StepReport } from "#src/upgrade/step-report.ts";
import type { ChunkStore } from "./chunk-store.ts";

/** Lines that people see in the thread and on the card. */
const tailLines = 20;
/** Longest line of the tail; the whole line lies in the stored output. */
const maxTailLineLength = 500;
const linesPerChunk = 500;
const charactersPerChunk = 65_536;
/** How long lines wait for their chunk to fill. */
const flushAfterMs = 1_000;
/** Bytes of one step that are stored; digest and tail go on after it. */
const maxStoredBytes = 16 * 1_024 * 1_024;

/** Collects the redacted output of one attempt of one step. */
export interface StepOutput {
  /** Resolves when there is room for more: awaiting it is the back-pressure on the process. */
  write(lines: readonly string[]): Promise<void>;
  /**
   * What explains a failure: the last line that speaks of trouble, even where a traceback and buffered output have pushed
   * it out of the tail, or else the last line that a program printed.
   */
  lastWords(): string | undefined;
  /** Stores the rest. Nothing may be written afterwards. */
  finish(): Promise<StepReport["output"]>;
}

/** Takes lines that are redacted already; keeps a running digest, the tail, and hands chunks to the store. */
export function createStepOutput(store: ChunkStore, limits = { maxStoredBytes }): StepOutput {
  const hash = createHash("sha256");
  let waiting: string[] = [];
  let waitingLength = 0;
  let tail: readonly string[] = [];
  let trouble: string | undefined;
  let lines = 0;
  let bytes = 0;
  let isFull = false;
  let timer: NodeJS.Timeout | undefined;

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const text = `${waiting.join("\n")}\n`;
    waiting = [];
    waitingLength = 0;
    await store.append(text);
  };
  const keep = (line: string): void => {
    if (isFull) return;
    if (bytes > limits.maxStoredBytes) {
      isFull = true;
      waiting.push(
        `[output over ${limits.maxStoredBytes} bytes: the rest is not stored, only its digest and last lines are]`,
      );
      return;
    }
    waiting.push(line);
    waitingLength += line.length;
  };

  return {
    write: async (added) => {
      if (added.length === 0) return;
      const text = `${added.join("\n")}\n`;
      hash.update(text);
      lines += added.length;
      trouble = added.findLast((line) => speaksOfTrouble(line) && !isRunnerLine(line)) ?? trouble;
      tail = [...tail, ...added.slice(-tailLines)].slice(-tailLines);
      const before = bytes;
      bytes += Buffer.byteLength(text);
      if (before <= limits.maxStoredBytes || !isFull) for (const line of added) keep(line);
      if (waiting.length >= linesPerChunk || waitingLength >= charactersPerChunk) await flush();
      else timer ??= setTimeout(() => void flush(), flushAfterMs);
    },
    lastWords: () => trouble ?? tail.findLast((line) => line.trim() !== "" && !isRunnerLine(line)),
    finish: async () => {
      await flush();
      await store.settle();
      return { digest: `sha256:${hash.digest("hex")}`, lines, bytes, tail: tail.map(shorten) };
    },
  };
}

/** Frames of a Lua traceback below Kong's `Error:` (Kong 2.8.5 to 3.9.3) name functions such as `error` and `assert`. */
function speaksOfTrouble(line: string): boolean {
  return /error|abort|fatal|fail|refus|denied|timeout/iu.test(line) && !/^\s.*: in (?:main chunk|function)/u.test(line);
}

/** The line above the output of each command, and whether its place is reached, maybe with a node before it (src/run/actions). */
function isRunnerLine(line: string): boolean {
  return /^(?:\[[a-z0-9-]+\] )?\[(?:[a-z0-9][^\]]*\] \$ |(?:no contact|contact again) with )/u.test(line);
}

function shorten(line: string): string {
  return line.length <= maxTailLineLength ? line : `${line.slice(0, maxTailLineLength).toWellFormed()}…`;
}
