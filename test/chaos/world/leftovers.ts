import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { signal } from "./process-tree.ts";

/** Marks in their environment what was started for a world, with its folder as the value. */
export const worldVariable = "KONG_UPGRADE_CHAOS";

const endWithinMs = 6_000;
/** How long PostgreSQL gets to end by itself, so that it leaves no shared memory behind. */
const politeMs = 2_000;
const lookEveryMs = 50;

/**
 * Ends every process that belongs to the world in a folder, and answers which would not end. It never lets go of the
 * thread, so that no supervisor of this process starts one of them again; whoever calls it ends the process then.
 */
export function endLeftovers(dataDir: string): readonly number[] {
  const beganAt = performance.now();
  let quietLooks = 0;
  for (;;) {
    const postmaster = findPostmaster(dataDir);
    const found = findLeftovers(dataDir);
    const sinceMs = performance.now() - beganAt;
    quietLooks = found.length === 0 ? quietLooks + 1 : 0;
    // What was about to be started in one look is there in the next one.
    if (quietLooks > 1 || sinceMs > endWithinMs) return found;
    for (const pid of found) {
      const isPolite = pid === postmaster && sinceMs < politeMs;
      // Immediate shutdown: its other processes end with it. One that stands still has to be woken for it.
      for (const name of isPolite ? (["SIGCONT", "SIGQUIT"] as const) : (["SIGKILL"] as const)) signal(pid, name);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookEveryMs);
  }
}

/** Where the data of the world's PostgreSQL lies: elsewhere, where its account may not enter the world's folder. */
export function databaseFolder(dataDir: string): string {
  return read(join(dataDir, "postgres", "moved-to")).trim() || join(dataDir, "postgres");
}

/** The living processes that belong to the world in a folder, with all below them. */
export function findLeftovers(dataDir: string): readonly number[] {
  const pids = readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
  const postmaster = findPostmaster(dataDir);
  const parents = new Map<number, number>();
  const found = new Set<number>();
  for (const pid of pids) {
    const stat = read(`/proc/${pid}/stat`);
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (stat === "" || state === "Z" || state === "X") continue;
    parents.set(pid, Number(parent));
    if (pid === postmaster || isOurs(pid, dataDir)) found.add(pid);
  }
  for (const pid of parents.keys()) {
    for (let at = parents.get(pid); at !== undefined && !found.has(pid); at = parents.get(at))
      if (found.has(at)) found.add(pid);
  }
  return [...found];
}

/** By the variable, which Redis writes its title over; by where it works; else a gateway of the world, or a program of one of its steps, which get an environment of their own. */
function isOurs(pid: number, dataDir: string): boolean {
  const environment = read(`/proc/${pid}/environ`).split("\0");
  if (environment.includes(`${worldVariable}=${dataDir}`) || `${placeOf(pid)}/`.startsWith(`${dataDir}/`)) return true;
  const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
  const isStep = environment.some((each) => each.startsWith("UPGRADE_STEP_ATTEMPT="));
  return command.includes(`--prefix ${dataDir}/`) || (isStep && command.includes(`${dataDir}/`));
}

function placeOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // It has just ended, or belongs to another account.
    return "";
  }
}

function findPostmaster(dataDir: string): number | undefined {
  const cluster = join(databaseFolder(dataDir), "cluster");
  const pid = Number(read(join(cluster, "postmaster.pid")).split("\n")[0]);
  return pid > 0 && read(`/proc/${pid}/cmdline`).includes(cluster) ? pid : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // It ended, belongs to somebody else, or was never there.
    return "";
  }
}
