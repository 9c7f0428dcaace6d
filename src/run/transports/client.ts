import type { Readable, Writable } from "node:stream";
import { execa } from "execa";
import { signalGroup } from "#src/run/process/process-group.ts";

/** A program of this machine that speaks for something elsewhere, as `ssh` and `kubectl` do. */
export interface Client {
  /** What it reads; the other side may hang up before it has read everything, and how the client ended says why. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly ended: Promise<Ended>;
  /** With its whole group: a client may be a script, and while a child of it holds the pipe, it is not over. */
  readonly kill: () => void;
}

/** How it ended, with the end of what it complained about. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly stderr: string;
}

const keptStderr = 4_000;

/** Starts a client in a group of its own, with these variables alone; a problem where it cannot be started here. */
export async function startClient(
  [file, ...words]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Promise<Client | string> {
  const child = execa(file, words, {
    env,
    extendEnv: false,
    cwd: "/",
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
  });
  const { pid, stdin, stdout } = child;
  if (pid === undefined) {
    const { shortMessage } = await child;
    return `${file} cannot be started on this runner: ${shortMessage ?? "unknown"}`;
  }
  stdin.on("error", () => undefined);
  let stderr = "";
  child.stderr.on("data", (bytes: Uint8Array) => {
    stderr = `${stderr}${Buffer.from(bytes).toString("utf8")}`.slice(-keptStderr);
  });
  const kill = (): void => {
    try {
      signalGroup(pid, "SIGKILL");
    } catch {
      // All that is left of it belongs to another account.
      child.kill("SIGKILL");
    }
  };
  return { stdin, stdout, ended: child.then(({ exitCode }) => ({ exitCode, stderr })), kill };
}

interface Alarm extends Disposable {
  /** While what came is being stored, silence is ours. */
  pause(): void;
  rest(): void;
}

/** Sounds after so much silence of a client, and when the signal comes. */
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
