import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { startClient } from "./client.ts";
import type { Ended } from "./client.ts";
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

/** Shells that lasted and wait for the next script, of one account on one target. */
export interface IdleShells {
  take(): Shell | undefined;
  /** Nothing of what it was asked goes on. */
  keep(shell: Shell): void;
  /** Lets all go, as nobody knows whether they can still be reached. */
  clear(): Promise<void>;
}

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
  const client = await startClient(argv, env);
  if (typeof client === "string") return client;
  const { stdin, stdout, ended, kill } = client;
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
    ended,
    close: async () => {
      stdin.end();
      stdout.destroy();
      const over = ended.then(() => true);
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
