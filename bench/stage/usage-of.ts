import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Memory of a process as Linux counts it (proc_pid_smaps(5)), in megabytes. */
export interface MemoryOf {
  readonly rssMb: number;
  /** Pages that several processes share are divided by their number. */
  readonly pssMb: number;
}

/** @throws Error where the process is gone, or this is no Linux */
export async function memoryOf(pid: number): Promise<MemoryOf> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  const megabytes = (kind: "Rss" | "Pss"): number => {
    const [, kilobytes] = new RegExp(String.raw`^${kind}:\s+(\d+) kB$`, "mu").exec(text) ?? [];
    if (kilobytes === undefined) throw new Error(`/proc/${pid}/smaps_rollup does not tell ${kind}`);
    return Math.round(Number(kilobytes) / 1_024);
  };
  return { rssMb: megabytes("Rss"), pssMb: megabytes("Pss") };
}

/** Linux counts in hundredths of a second (proc_pid_stat(5), time(7)). */
const tickMs = 10;

/** Processor time of a process since its start, its own and that of children that have ended, in milliseconds. */
export async function cpuMsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name stands in parentheses and may hold anything; utime, stime, cutime and cstime are fields 14 to 17.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * tickMs, 0);
}

/** Processor time of all that a PostgreSQL server has started, in milliseconds; each of its connections is a process. */
export async function serverCpuMs(dataDir: string): Promise<number> {
  const [line = ""] = (await readFile(join(dataDir, "cluster", "postmaster.pid"), "utf8")).split("\n");
  const children = (await readFile(`/proc/${line}/task/${line}/children`, "utf8"))
    .split(" ")
    .filter((word) => word !== "");
  const times = await Promise.all([line, ...children].map((pid) => cpuMsOf(Number(pid)).catch(() => 0)));
  return times.reduce((sum, ms) => sum + ms, 0);
}
