import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { signalGroup } from "#src/run/process/process-group.ts";
import type { Reach } from "./reach.ts";

/** A shell on a target, at the end of a program that was started here. */
export interface Shell {
  /** `isLast` where it is to hear nothing more. */
  readonly write: (script: string, isLast: boolean) => void;
  /**
   * Whether it still answers, asked of one that was used before: a script that is sent to one that is gone never begins, and
   * a person would have to start its step again. One that does not is ended.
   */
  readonly isAnswering: (withinMs: number) => Promise<boolean>;
  /** What it answers; stays open when nobody reads on, for whoever has the shell next. */
  readonly answers: () => AsyncIterable<unknown>;
  /** How the program ended. */
  readonly ended: Promise<Ended>;
  /** It hears no more; its program is waited for a moment, and killed then. */
  readonly close: () => Promise<void>;
  readonly kill: () => void;
  /** How many scripts it was given. */
  readonly count: () => number;
}

export interface Ended {
  readonly exitCode: number | undefined;
  readonly stderr: string;
}

/** Shells that lasted and wait for the next script, of one account on one target. */
export interface IdleShells {
  take(): Shell | undefined;
  /** Nothing of what it was asked goes on. */
  keep(shell: Shell): void;
  /** Lets all go, as nobody knows whether they can still be reached. */
  clear(): Promise<void>;
}

const keptStderr = 4_000;
/** More than the answer to whether it is there. */
const keptAnswer = 200;
/** For the last bytes of a program whose work is done. */
const farewellMs = 2_000;
/** Between steps that follow one another; nobody's shell stays on a host for longer. */
const idleMs = 20_000;
/** Each takes one of the sessions that sshd allows a connection (MaxSessions, 10 where nobody changed it). */
const maxIdle = 2;
/** Shells keep something of every process that they started. */
const maxScripts = 100;

/** Starts the program that leads to a shell; a problem where it cannot be started here. */
export async function startShell(argv: readonly [string, ...string[]], env: Reach["env"]): Promise<Shell | string> {
  const [file, ...words] = argv;
  const child = execa(file, words, {
    env,
    extendEnv: false,
    cwd: "/",
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
  });
  const settled = child.then((result) => result);
  const { pid, stdin, stdout } = child;
  if (pid === undefined) {
    const { shortMessage } = await settled;
    return `${file} cannot be started on this runner: ${shortMessage ?? "unknown"}`;
  }
  // The target may hang up before it has read everything; how the connection ended says why.
  stdin.on("error", () => undefined);
  let stderr = "";
  child.stderr.on("data", (bytes: Uint8Array) => {
    stderr = `${stderr}${Buffer.from(bytes).toString("utf8")}`.slice(-keptStderr);
  });
  // A client may be a script: while a child of it holds the pipe, it is not over.
  const kill = (): void => {
    try {
      signalGroup(pid, "SIGKILL");
    } catch {
      // All that is left of it belongs to another account.
      child.kill("SIGKILL");
    }
  };
  let count = 0;
  const answers = (): AsyncIterable<unknown> => stdout.iterator({ destroyOnReturn: false });
  return {
    isAnswering: async (withinMs) => {
      const word = `KU${randomBytes(12).toString("hex")}`;
      const timer = setTimeout(kill, withinMs);
      stdin.write(`echo ${word}\n`);
      let said = "";
      try {
        for await (const bytes of answers()) {
          said = `${said}${String(bytes)}`.slice(-keptAnswer);
          if (said.includes(`${word}\n`)) return true;
        }
        return false;
      } finally {
        clearTimeout(timer);
      }
    },
    write: (text, isLast) => {
      count += 1;
      if (isLast) stdin.end(text);
      else stdin.write(text);
    },
    answers,
    ended: settled.then(({ exitCode }) => ({ exitCode, stderr })),
    close: async () => {
      stdin.end();
      stdout.destroy();
      const over = settled.then(() => true);
      if (!(await Promise.race([over, delay(farewellMs, false)]))) kill();
    },
    kill,
    count: () => count,
  };
}

export function createIdleShells(): IdleShells {
  const idle = new Map<Shell, NodeJS.Timeout>();
  const forget = (shell: Shell): void => {
    clearTimeout(idle.get(shell));
    idle.delete(shell);
  };
  const letGo = async (shell: Shell): Promise<void> => {
    forget(shell);
    await shell.close();
  };
  return {
    take: () => {
      // The one that was used last is the one that most likely lives.
      const shell = [...idle.keys()].at(-1);
      if (shell !== undefined) forget(shell);
      return shell;
    },
    keep: (shell) => {
      if (idle.size >= maxIdle || shell.count() >= maxScripts) {
        void shell.close();
        return;
      }
      idle.set(
        shell,
        setTimeout(() => void letGo(shell), idleMs),
      );
      void shell.ended.then(() => forget(shell));
    },
    clear: async () => {
      await Promise.all([...idle.keys()].map(letGo));
    },
  };
}
