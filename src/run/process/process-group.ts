import { readFile, readdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const pollMs = 50;
const shortestPollMs = 2;

/**
 * Sends a signal to every process of a group that this account may send one; a group that is gone already is fine. Answers
 * no where nothing of it may be sent one, as behind sudo: it ends by itself or not at all.
 */
export function signalGroup(groupId: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    if (isForbidden(error)) return false;
    if (!isGone(error)) throw error;
  }
  return true;
}

/** Whether a process of the group still works; zombies that nobody has collected do not count. */
export async function isGroupAlive(groupId: number): Promise<boolean> {
  try {
    process.kill(-groupId, 0);
  } catch (error) {
    if (isGone(error)) return false;
    // EPERM: something lives there under another account.
    return true;
  }
  const members = await listGroup(groupId);
  return members === undefined || members.length > 0;
}

/** Waits until no process of the group works any more; false when the time is over, or the signal comes, first. */
export function waitUntilGroupGone(groupId: number, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
  return waitUntilGone(() => isGroupAlive(groupId), timeoutMs, signal);
}

/** Waits until nothing is alive any more; false when the time is over, or the signal comes, first. */
export async function waitUntilGone(
  isAlive: () => Promise<boolean>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  let waitMs = shortestPollMs;
  for (;;) {
    if (!(await isAlive())) return true;
    if (performance.now() >= deadline || signal?.aborted === true) return false;
    await delay(waitMs);
    waitMs = Math.min(pollMs, waitMs * 2);
  }
}

/** A living process of a group. */
export interface GroupMember {
  readonly pid: number;
  readonly command: string;
}

/** The living processes of a group by /proc; undefined where the system has none. */
export async function listGroup(groupId: number): Promise<readonly GroupMember[] | undefined> {
  const names = await readdir("/proc").catch(() => undefined);
  if (names === undefined) return undefined;
  const found = await Promise.all(names.filter((name) => /^\d+$/u.test(name)).map((name) => readMember(name, groupId)));
  return found.filter((member) => member !== undefined);
}

/** The living processes that were started with this variable in their environment; none where the system has no /proc. */
export async function listMarked(variable: string): Promise<readonly GroupMember[]> {
  const names = await readdir("/proc").catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/u.test(name))
      .map(async (name) => {
        // Another account's environment cannot be read; it is not ours then.
        const environment = await readFile(`/proc/${name}/environ`, "utf8").catch(() => "");
        return environment.split("\0").includes(variable)
          ? [{ pid: Number(name), command: "started by this step" }]
          : [];
      }),
  );
  return found.flat();
}

async function readMember(pid: string, groupId: number): Promise<GroupMember | undefined> {
  // A process may end while it is looked at; then it is no member.
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // proc(5): pid (comm) state ppid pgrp …; comm may hold spaces and parentheses.
  const end = stat.lastIndexOf(")");
  const [state, , group] = stat.slice(end + 2).split(" ");
  if (end === -1 || Number(group) !== groupId || state === "Z" || state === "X") return undefined;
  return { pid: Number(pid), command: stat.slice(stat.indexOf("(") + 1, end) };
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPERM";
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ESRCH";
}
