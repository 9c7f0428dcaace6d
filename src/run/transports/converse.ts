import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { signalGroup } from "#src/run/process/process-group.ts";
import { createFrameReader } from "./frames.ts";
import type { Frame } from "./frames.ts";
import type { BrokenOff, Reach } from "./reach.ts";

/** How a connection ended. */
export type Farewell =
  /** What was asked was answered. */
  | { readonly kind: "answered" }
  /** Nobody could be reached, and nothing can have been started. */
  | { readonly kind: "refused"; readonly problem: string }
  /** It ended without the last word: what was asked goes on, is over, or was never heard. */
  | ({ readonly kind: "broken" } & BrokenOff);

export interface Conversation {
  /** Makes the script for a mark. */
  readonly script: (mark: string) => string;
  /** Takes what comes, in order; answers true when that was the last word. */
  readonly take: (frame: Frame) => Promise<boolean>;
  /** Breaks it off. */
  readonly signal: AbortSignal;
}

const keptStderr = 4_000;
const keptNoise = 1_000;
/** For the last bytes of a client whose work is done. */
const farewellMs = 2_000;

/** Sends one script to a target and takes what it answers. Never rejects but for what `take` and `script` throw. */
export async function converse(reach: Reach, { script, take, signal }: Conversation): Promise<Farewell> {
  const mark = `\u0002KU${randomBytes(12).toString("hex")}`;
  const text = script(mark);
  const opened = await reach.open();
  if (opened.kind === "refused") return opened;
  const [file, ...words] = opened.argv;
  const child = execa(file, words, {
    env: reach.env,
    extendEnv: false,
    cwd: "/",
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
  });
  const settled = child.then((result) => result);
  const { pid } = child;
  if (pid === undefined) {
    const { shortMessage } = await settled;
    return { kind: "refused", problem: `${file} cannot be started on this runner: ${shortMessage ?? "unknown"}` };
  }
  // The target may hang up before it has read everything; how the connection ended says why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(text);
  let [stderr, noise] = ["", ""];
  child.stderr.on("data", (bytes: Uint8Array) => {
    stderr = `${stderr}${Buffer.from(bytes).toString("utf8")}`.slice(-keptStderr);
  });
  // A client may be a script: while a child of it holds the pipe, the conversation is not over.
  const kill = (): void => {
    try {
      signalGroup(pid, "SIGKILL");
    } catch {
      // All that is left of it belongs to another account.
      child.kill("SIGKILL");
    }
  };
  using alarm = createAlarm(reach.waits.quietMs, signal, kill);
  const reader = createFrameReader(mark);
  let isAnswered = false;
  try {
    for await (const bytes of child.stdout) {
      if (signal.aborted) break;
      if (!(bytes instanceof Uint8Array)) continue;
      alarm.pause();
      for (const frame of reader.push(bytes)) {
        if (frame.kind === "noise") noise = `${noise}${Buffer.from(frame.bytes).toString("utf8")}`.slice(-keptNoise);
        isAnswered = (await take(frame)) || isAnswered;
      }
      if (isAnswered) break;
      alarm.rest();
    }
  } finally {
    void letGo(settled, kill);
  }
  if (isAnswered) return { kind: "answered" };
  reach.doubt();
  const { exitCode } = await settled;
  return { kind: "broken", exitCode, stderr, noise };
}

interface Alarm extends Disposable {
  /** While what came is being stored, silence is ours. */
  pause(): void;
  rest(): void;
}

/** Sounds after so much silence, and when the signal comes. */
export function createAlarm(quietMs: number, signal: AbortSignal, sound: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined;
  const rest = (): void => {
    clearTimeout(timer);
    timer = setTimeout(sound, quietMs);
  };
  rest();
  signal.addEventListener("abort", sound);
  if (signal.aborted) sound();
  return {
    pause: () => clearTimeout(timer),
    rest,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", sound);
    },
  };
}

async function letGo(settled: Promise<unknown>, kill: () => void): Promise<void> {
  const over = settled.then(() => true);
  if (!(await Promise.race([over, delay(farewellMs, false)]))) kill();
}
