import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A process that is started again when it dies, like a service manager does. */
export interface Supervised {
  /** Process id now; undefined between two lives. */
  pid(): number | undefined;
  /** How often it was started. */
  starts(): number;
  /** SIGKILL now; it comes back after `restartAfterMs` unless supervision has ended. */
  kill(): void;
  /** While held, a killed process stays dead. */
  hold(isHeld: boolean): void;
  /** TERM, and KILL after the grace time; resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
}

export interface SupervisedOptions {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly cwd: string;
  readonly restartAfterMs: number;
  /** Hears that it ended by itself, with what it said last. */
  readonly onDeath: (name: string, how: string) => void;
}

/** More lives than this within one minute mean that something is wrong for good. */
const maxStartsPerMinute = 30;

/** Starts a process of its own group and keeps it alive. It notices our death by its IPC channel and ends itself. */
export function supervise(options: SupervisedOptions): Supervised {
  const [program, ...args] = options.argv;
  const log = createWriteStream(options.logFile, { flags: "a" });
  const startTimes: number[] = [];
  let child: ChildProcess | undefined;
  let isStopping = false;
  let isHeld = false;
  let timer: NodeJS.Timeout | undefined;

  const start = (): void => {
    const now = Date.now();
    startTimes.push(now);
    const started = spawn(program, args, {
      cwd: options.cwd,
      env: { ...options.env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    child = started;
    started.stdout?.pipe(log, { end: false });
    started.stderr?.pipe(log, { end: false });
    started.once("error", (error) => options.onDeath(options.name, `could not start: ${error.message}`));
    started.once("exit", (code, signal) => {
      if (child === started) child = undefined;
      if (isStopping) return;
      options.onDeath(options.name, signal === null ? `exit ${code}` : signal);
      if (!isHeld) scheduleStart();
    });
  };
  const scheduleStart = (): void => {
    const recent = startTimes.filter((at) => at > Date.now() - 60_000).length;
    if (recent >= maxStartsPerMinute) {
      options.onDeath(options.name, `started ${recent} times in a minute; given up. See ${options.logFile}`);
      return;
    }
    timer = setTimeout(start, options.restartAfterMs);
  };

  start();
  return {
    pid: () => child?.pid,
    starts: () => startTimes.length,
    kill: () => child?.kill("SIGKILL"),
    hold: (held) => {
      isHeld = held;
      if (!held && child === undefined && !isStopping) scheduleStart();
    },
    stop: async (graceMs) => {
      isStopping = true;
      clearTimeout(timer);
      const ending = child;
      if (ending !== undefined && ending.exitCode === null && ending.signalCode === null) {
        const gone = new Promise<void>((resolve) => ending.once("exit", () => resolve()));
        ending.kill("SIGTERM");
        await Promise.race([gone, delay(graceMs, undefined, { ref: false })]);
        ending.kill("SIGKILL");
        await gone;
      }
      log.end();
    },
  };
}
