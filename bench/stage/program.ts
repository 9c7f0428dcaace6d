import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";

/** A program of its own that stays until it is ended. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** SIGKILL, SIGSTOP and the like; nothing where it has ended. */
  signal(name: NodeJS.Signals): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface ProgramOptions {
  /** File of the program, by its path from the folder `bench`, and its arguments. */
  readonly argv: readonly [string, ...string[]];
  /** What it gets besides PATH and HOME: nothing of the caller's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it writes goes there, so that reading it costs the measuring process nothing. */
  readonly logFile: string;
}

/** What the product logs when it is open; programs of the bench print the same. */
const readyText = '"msg":"ready"';
const readyTimeoutMs = 60_000;

/** Starts a program with Node and waits until it is ready. @throws Error with its last words when it ends before */
export async function startProgram({ argv, env = {}, logFile }: ProgramOptions): Promise<Program> {
  const [file, ...words] = argv;
  const log = await open(logFile, "w");
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../${file}`, import.meta.url)), ...words], {
    stdio: ["ignore", log.fd, log.fd],
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: homedir(), ...env },
  });
  const ended = once(child, "exit");
  await log.close();
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    const said = await readFile(logFile, "utf8");
    if (said.includes(readyText)) break;
    if (child.exitCode !== null || Date.now() > deadline) {
      await kill();
      throw new Error(`${argv.join(" ")} did not get ready: ${said.slice(-2_000)}`);
    }
    await delay(20);
  }
  return {
    pid: child.pid ?? 0,
    signal: (name) => void child.kill(name),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}
