import { execa } from "execa";

/** A program that answers something, with these variables alone. */
export interface TimedCall {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Of each stream; a program that prints more is ended. */
  readonly maxBytes: number;
  /** Goes over standard input, where no list of processes shows it; nothing where absent. */
  readonly input?: string | undefined;
  readonly cwd?: string;
  /** Whatever it complains of is thrown away, and what it leaves in its group is ended. */
  readonly isForeign?: true;
}

export interface TimedEnd {
  /** Undefined where a signal ended it, it could not be started, or it was too late. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly isTooLong: boolean;
  /** Why there is no exit status, in the words of Node. */
  readonly problem: string | undefined;
  readonly wasStarted: boolean;
}

/** For what a group that was killed has printed to arrive. */
const collectMs = 500;

/**
 * Runs a program to its end, and never longer than its time limit: its whole group is killed then, since Kong 3.4 and later
 * work in grandchildren; and whoever left the group and still holds its pipes, such as a credential plugin of kubectl, or
 * belongs to another account, as behind sudo, is not waited for.
 */
export async function runInTime(call: TimedCall): Promise<TimedEnd> {
  const [file, ...words] = call.argv;
  const child = execa(file, words, {
    env: call.env,
    extendEnv: false,
    ...(call.cwd === undefined ? {} : { cwd: call.cwd }),
    detached: true,
    cleanup: false,
    ...(call.input === undefined ? { stdin: "ignore" } : { input: call.input }),
    ...(call.isForeign === true ? { stderr: "ignore" } : {}),
    reject: false,
    maxBuffer: call.maxBytes,
  });
  let timedOut = false;
  const late = Promise.withResolvers<undefined>();
  let collecting: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup(child.pid);
    collecting = setTimeout(() => late.resolve(undefined), collectMs);
  }, call.timeoutMs);
  try {
    const result = await Promise.race([child, late.promise]);
    if (result === undefined) {
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      child.unref();
      return { ...nothing, timedOut, problem: `it did not end within ${call.timeoutMs} ms`, wasStarted: true };
    }
    const { exitCode, stdout, stderr = "", isMaxBuffer, shortMessage } = result;
    const problem = timedOut ? `it did not end within ${call.timeoutMs} ms` : shortMessage;
    const wasStarted = exitCode !== undefined || result.signal !== undefined;
    return { exitCode, stdout, stderr, timedOut, isTooLong: isMaxBuffer, problem, wasStarted };
  } finally {
    clearTimeout(timer);
    clearTimeout(collecting);
    if (call.isForeign === true) endGroup(child.pid);
  }
}

const nothing = { exitCode: undefined, stdout: "", stderr: "", isTooLong: false } as const;

/** Never throws: a group that is gone is what was wanted, and one of another account ends by itself. */
function endGroup(leaderPid: number | undefined): void {
  if (leaderPid === undefined) return;
  try {
    process.kill(-leaderPid, "SIGKILL");
  } catch {
    // Nobody waits for it.
  }
}
