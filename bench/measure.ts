import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { z } from "zod";

/** What one run of a program took, from its start to its end, with every Node process that it started. */
export interface Usage {
  readonly wallMs: number;
  /** Of all threads and processes. */
  readonly cpuMs: number;
  /** Peak resident set of the largest process. */
  readonly peakMb: number;
  /** Processes that wanted to run, on average over the last minute. */
  readonly load: number;
}

/** A program with its arguments, run by Node; the arguments may name files of the bench. */
export type Program = readonly string[];

const reportSchema = z.object({ maxRssKb: z.number(), cpuMs: z.number() });
const longestRunMs = 120_000;

/** Runs a program in a fresh process. A program that fails ends the bench: its figures would mean nothing. */
export async function measure(program: Program, variables: Readonly<Record<string, string>> = {}): Promise<Usage> {
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-usage-"));
  try {
    const started = performance.now();
    const child = spawn(process.execPath, program, {
      stdio: ["ignore", "ignore", "inherit"],
      // Nothing else of the environment reaches the program, so that runs on different machines compare.
      env: { ...variables, NODE_OPTIONS: `--import=${reporterInto(folder)}` },
      timeout: longestRunMs,
    });
    const [status] = await once(child, "exit");
    const wallMs = performance.now() - started;
    if (status !== 0 && status !== 1) throw new Error(`${program.join(" ")} ended with ${String(status)}`);
    const reports = await readReports(folder);
    return {
      wallMs,
      cpuMs: reports.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      peakMb: Math.max(...reports.map(({ maxRssKb }) => maxRssKb)) / 1024,
      load: loadavg()[0] ?? 0,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function reporterInto(folder: string): string {
  const reporter = new URL("report-usage.ts", import.meta.url);
  reporter.searchParams.set("folder", folder);
  return reporter.href;
}

async function readReports(folder: string): Promise<readonly z.infer<typeof reportSchema>[]> {
  const names = await readdir(folder);
  return Promise.all(
    names.map(async (name) => reportSchema.parse(JSON.parse(await readFile(join(folder, name), "utf8")))),
  );
}

/** The run in the middle by that figure. */
export function median(runs: readonly number[]): number {
  const sorted = runs.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
