import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Writable } from "node:stream";
import { setImmediate as immediate, setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { errorMessage } from "#src/kernel/app-error.ts";
import { whyNoWord } from "#src/run/transports/quote.ts";
import { followFile, openOutputFiles } from "./output-files.ts";
import type { OutputFiles } from "./output-files.ts";
import { isGroupAlive, signalGroup, waitUntilGroupGone } from "./process-group.ts";

/** One process to run to its end: argv without a shell, the whole environment with its secrets in place. */
export interface ProcessCall {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Ends the whole group as at the time limit. */
  readonly cancel?: AbortSignal;
  /**
   * Its output goes through files in this folder, so that it outlives this runner also where it prints: a process that
   * writes into the pipe of a runner that was killed is killed by that. Through pipes where absent.
   */
  readonly outputFolder?: string | undefined;
  /** Called as soon as the process lives; its id is that of its group. */
  readonly onSpawn: (groupId: number) => Promise<void>;
  /** Called with what it writes, in order per stream; the process waits when the promise does. */
  readonly onOutput: (stream: "stdout" | "stderr", bytes: Uint8Array) => Promise<void>;
}

/** How a process ended. */
export type ProcessEnd =
  | { readonly kind: "not_started"; readonly problem: string }
  | { readonly kind: "exited"; readonly exitCode: number }
  | { readonly kind: "signalled"; readonly signal: string }
  /** `problem` where something is known that kept it from ending, such as an image that cannot be pulled. */
  | { readonly kind: "timed_out"; readonly isGroupGone: boolean; readonly problem?: string }
  | { readonly kind: "cancelled"; readonly isGroupGone: boolean }
  /** It was started elsewhere, and nobody can say how it ended. */
  | { readonly kind: "lost"; readonly problem: string; readonly isGroupGone: boolean };

/** Kong ignores SIGTERM while it migrates (seen in 2.8.5 to 3.9.3), so SIGKILL follows soon. */
const termGraceMs = 5_000;
const killGraceMs = 10_000;
/** A daemon that left the group may keep the pipe open for ever; what it writes is not the step's output. */
const lastOutputMs = 500;
/** Longest wait for output that is still on its way into the database. */
const maxDrainMs = 60_000;

/**
 * Runs a process in a group of its own and comes back only when the whole group is gone, since Kong 3.4 and later go on
 * in grandchildren when the process that was started is killed. At the time limit, or when it is cancelled, the group gets
 * SIGTERM, then SIGKILL.
 */
export async function runProcess(call: ProcessCall): Promise<ProcessEnd> {
  if (call.outputFolder === undefined) return runWith(call, undefined);
  const files = await openOutputFiles(call.outputFolder).catch((error: unknown) => errorMessage(error));
  if (typeof files === "string")
    return { kind: "not_started", problem: `its output cannot be written to this runner's disk: ${files}` };
  await using open = files;
  return await runWith(call, open);
}

async function runWith(call: ProcessCall, files: OutputFiles | undefined): Promise<ProcessEnd> {
  const [file, ...words] = call.argv;
  if (file === undefined) return { kind: "not_started", problem: "the command has no words" };
  if (isCancelled(call)) return { kind: "not_started", problem: "it was cancelled before it began" };
  const unspeakable = whyNoWords(call);
  if (unspeakable !== undefined) return { kind: "not_started", problem: unspeakable };
  const deadline = performance.now() + call.timeoutMs;
  const child = execa(file, words, {
    env: call.env,
    extendEnv: false,
    cwd: call.cwd,
    detached: true,
    cleanup: false,
    stdin: "ignore",
    // The process gets the file itself: a stream with a descriptor is not piped through this program.
    stdout: files === undefined ? "pipe" : streamOf(files.stdout),
    stderr: files === undefined ? "pipe" : streamOf(files.stderr),
    buffer: false,
    reject: false,
  });
  const settled = child.then((result) => result);
  const { pid } = child;
  if (pid === undefined) {
    const { shortMessage } = await settled;
    return { kind: "not_started", problem: shortMessage ?? `${file} could not be started` };
  }
  const exit = once(child, "exit").then(([code, signal]: unknown[]) => ({ code, signal }));
  const flow: Flow = { handling: 0, lastAt: performance.now() };
  const writersGone = new AbortController();
  const stdout = child.stdout ?? followed(files?.stdout, writersGone.signal);
  const stderr = child.stderr ?? followed(files?.stderr, writersGone.signal);
  const reading = Promise.all([
    pump(stdout, { name: "stdout", call, flow }),
    pump(stderr, { name: "stderr", call, flow }),
  ]);
  // Both are awaited below; an early rejection must not be taken for an unhandled one.
  exit.catch(() => undefined);
  reading.catch(() => undefined);
  await call.onSpawn(pid);

  const left = await raceDeadline(exit, deadline, call.cancel);
  const isGone =
    left !== undefined && (await waitUntilGroupGone(pid, Math.max(0, deadline - performance.now()), call.cancel));
  const kind = isCancelled(call) ? "cancelled" : "timed_out";
  const end: ProcessEnd = isGone ? endOf(left) : { kind, isGroupGone: await endGroup(pid) };
  writersGone.abort();
  await finishReading(reading, [stdout, stderr], flow);
  return end;
}

/** Said here, because Node would change such a word, or show the value of a variable in its complaint. */
function whyNoWords({ argv, env }: ProcessCall): string | undefined {
  const word = argv.map((each) => whyNoWord(each)).find((problem) => problem !== undefined);
  if (word !== undefined) return `a word of the command ${word}`;
  return Object.entries(env)
    .flatMap(([name, value]) => {
      const problem = whyNoWord(value);
      return problem === undefined ? [] : [`the value of its variable ${JSON.stringify(name)} ${problem}`];
    })
    .at(0);
}

/** Closed with its handle, not by itself. */
function streamOf({ fd }: FileHandle): Writable {
  return createWriteStream("", { fd, autoClose: false });
}

function followed(file: FileHandle | undefined, writersGone: AbortSignal): Readable {
  return Readable.from(file === undefined ? [] : followFile(file, writersGone));
}

function isCancelled({ cancel }: ProcessCall): boolean {
  return isAborted(cancel);
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function endOf({ code, signal }: { readonly code: unknown; readonly signal: unknown }): ProcessEnd {
  return typeof code === "number"
    ? { kind: "exited", exitCode: code }
    : { kind: "signalled", signal: typeof signal === "string" ? signal : "unknown" };
}

async function endGroup(groupId: number): Promise<boolean> {
  if (!signalGroup(groupId, "SIGTERM")) return !(await isGroupAlive(groupId));
  if (await waitUntilGroupGone(groupId, termGraceMs)) return true;
  signalGroup(groupId, "SIGKILL");
  return waitUntilGroupGone(groupId, killGraceMs);
}

/** Whether output is still coming, or still on its way to where it is stored. */
interface Flow {
  handling: number;
  lastAt: number;
}

async function pump(stream: Readable, { name, call, flow }: PumpTask): Promise<void> {
  for await (const bytes of stream) {
    if (!(bytes instanceof Uint8Array)) continue;
    flow.handling += 1;
    await call.onOutput(name, bytes);
    flow.handling -= 1;
    flow.lastAt = performance.now();
  }
}

interface PumpTask {
  readonly name: "stdout" | "stderr";
  readonly call: ProcessCall;
  readonly flow: Flow;
}

/** Reads to the end; cuts it off when the group is gone and nothing came for a while, since somebody else holds the pipe. */
async function finishReading(reading: Promise<unknown>, streams: readonly Readable[], flow: Flow): Promise<void> {
  const deadline = performance.now() + maxDrainMs;
  flow.lastAt = performance.now();
  const over = reading.then(() => true);
  for (;;) {
    if (await Promise.race([over, delay(lastOutputMs / 5, false)])) return;
    const isQuiet = flow.handling === 0 && performance.now() - flow.lastAt > lastOutputMs;
    if (isQuiet || performance.now() > deadline) break;
  }
  for (const stream of streams) stream.destroy();
  // Being destroyed in the middle is how the reading was told to end.
  await reading.catch(() => undefined);
}

/** Of the event loop: one hears of the end, another one tells it. */
const turnsToHear = 4;

async function raceDeadline<T>(work: Promise<T>, deadline: number, cancel?: AbortSignal): Promise<T | undefined> {
  const giveUp = new AbortController();
  const signal = cancel === undefined ? giveUp.signal : AbortSignal.any([giveUp.signal, cancel]);
  const waiting = delay(Math.max(0, deadline - performance.now()), undefined, { signal }).catch(() => undefined);
  try {
    const ended = await Promise.race([work, waiting]);
    if (ended !== undefined || isAborted(cancel)) return ended;
    // A runner that stood still hears of its time limit first when it goes on, and then of a process that kept it.
    for (let turn = 0; turn < turnsToHear; turn += 1) await immediate();
    return await Promise.race([work, Promise.resolve(undefined)]);
  } finally {
    giveUp.abort();
  }
}
