import { readFileSync } from "node:fs";
import { execa } from "execa";

const psTimeoutMs = 5_000;

/**
 * Whether a process id that was written down still means the process it meant: after a restart of the machine the
 * same number may be anybody's. `words` are looked for in its command line.
 */
export async function isStill(pid: number, words: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return false;
  return (await commandOf(pid)).includes(words);
}

/** Whether a process of that id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Linux tells it without a program that a slim image may lack; macOS has `ps`. */
async function commandOf(pid: number): Promise<string> {
  if (process.platform === "linux") {
    try {
      // The kernel answers from memory, and this is asked for every node twice a second: a turn of the thread pool costs more.
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
      return "";
    }
  }
  const { stdout } = await execa("ps", ["-o", "command=", "-p", String(pid)], { reject: false, timeout: psTimeoutMs });
  return stdout;
}
