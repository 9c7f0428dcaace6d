import { readFile, readdir } from "node:fs/promises";

/** A process as /proc shows it. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** The step that it was started for, where the runner marked it. */
  readonly marker: string | undefined;
}

/** Every living process of this machine that may be looked at; zombies are not alive. Linux only. */
export async function seeProcesses(): Promise<readonly SeenProcess[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name));
  return (await Promise.all(names.map(see))).flat();
}

async function see(name: string): Promise<readonly SeenProcess[]> {
  const read = (file: string): Promise<string> => readFile(`/proc/${name}/${file}`, "utf8").catch(() => "");
  const [stat, command, environment] = await Promise.all([read("stat"), read("cmdline"), read("environ")]);
  // proc(5): pid (comm) state ppid …; comm may hold spaces and parentheses.
  const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (stat === "" || state === "Z" || state === "X") return [];
  const marker = environment
    .split("\0")
    .find((each) => each.startsWith("UPGRADE_STEP_ATTEMPT="))
    ?.slice("UPGRADE_STEP_ATTEMPT=".length);
  return [{ pid: Number(name), parent: Number(parent), command: command.replaceAll("\0", " ").trim(), marker }];
}

/** Whether a process descends from another one, as far as those between them live. */
export function isBelow(pid: number, ancestor: number, all: readonly SeenProcess[]): boolean {
  const parents = new Map(all.map((each) => [each.pid, each.parent]));
  for (let at = parents.get(pid); at !== undefined; at = parents.get(at)) if (at === ancestor) return true;
  return false;
}

/** A process that has just ended by itself is as good as one that got the signal. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** What is sent to a victim. */
export const signalOf = { kill: "SIGKILL", stop: "SIGSTOP", wake: "SIGCONT" } as const;
