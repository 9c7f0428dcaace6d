import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench, Case } from "./bench.ts";
import { ack } from "./ack.ts";
import { checkAdminApi } from "./check-admin-api.ts";
import { checkAtScale } from "./check-at-scale.ts";
import { clickToProcess } from "./click-to-process.ts";
import { doubleStarts } from "./double-starts.ts";
import { figureTable } from "./figures.ts";
import type { FigureBench, FigureResults } from "./figures.ts";
import { rolling1000 } from "./rolling-1000.ts";
import { memory } from "./memory.ts";
import { recovery } from "./recovery.ts";
import { scale } from "./scale.ts";
import { stepOverhead } from "./step-overhead.ts";
import { fold, growth } from "./fold.ts";
import { runbookSsh } from "./runbook-ssh.ts";
import { stepOutput } from "./step-output.ts";
import { stepOutputSsh } from "./step-output-ssh.ts";
import { measure, median } from "./measure.ts";
import type { Usage } from "./measure.ts";
import { tableOf, withTable } from "./table.ts";
import type { CaseResult, Results } from "./table.ts";

/** All benches; a new one is a file with a `Bench` or a `FigureBench` and a line here. */
const benches: readonly (Bench | FigureBench)[] = [
  checkAtScale,
  checkAdminApi,
  stepOutput,
  stepOutputSsh,
  clickToProcess,
  rolling1000,
  stepOverhead,
  recovery,
  doubleStarts,
  ack,
  memory,
  fold,
  growth,
  scale,
  runbookSsh,
];

const runs = 5;

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => benches.every((bench) => bench.name !== name));
if (unknown === undefined) {
  for (const bench of benches) if (wanted.length === 0 || wanted.includes(bench.name)) await run(bench);
} else {
  process.stderr.write(`there is no bench ${unknown}; there are ${benches.map(({ name }) => name).join(", ")}\n`);
  process.exitCode = 2;
}

async function run(bench: Bench | FigureBench): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-bench-"));
  try {
    process.stdout.write(`${bench.title}\n`);
    await using stack = new AsyncDisposableStack();
    const { table, results } = await ("takeFigures" in bench
      ? runFigures(bench, folder, stack)
      : runMeasured(bench, folder, stack));
    await writeFile(pathOf(`results/${bench.name}.json`), `${JSON.stringify(results, null, 2)}\n`);
    const readme = pathOf("README.md");
    const { name, title } = bench;
    await writeFile(readme, withTable(await readFile(readme, "utf8"), { name, title, table }));
    process.stdout.write(`${table}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Ran {
  readonly table: string;
  readonly results: Results | FigureResults;
}

async function runMeasured(bench: Bench, folder: string, stack: AsyncDisposableStack): Promise<Ran> {
  const results = resultsOf(bench, await measureAll(await bench.prepare(folder, stack)));
  return { table: tableOf(results), results };
}

async function runFigures(bench: FigureBench, folder: string, stack: AsyncDisposableStack): Promise<Ran> {
  const { name, title } = bench;
  const before = loadNow();
  const { figures, remarks } = await bench.takeFigures(folder, stack);
  const load = [before, loadNow()] as const;
  const results = { name, title, date: today(), machine: machineWords(), load, figures, remarks };
  return { table: figureTable(results), results };
}

interface Measured {
  readonly measured: Case;
  readonly usages: Usage[];
}

/** In rounds, and after one round that fills the disk's cache. */
async function measureAll(cases: readonly Case[]): Promise<readonly Measured[]> {
  const all = cases.map((measured): Measured => ({ measured, usages: [] }));
  for (let round = 0; round <= runs; round += 1) {
    for (const { measured, usages } of all) {
      const usage = await measure(measured.program, measured.variables);
      if (round > 0) usages.push(usage);
      process.stdout.write(
        `  ${round === 0 ? "warm-up" : `round ${round}`}: ${measured.name} ${Math.round(usage.wallMs)} ms\n`,
      );
    }
  }
  return all;
}

function resultsOf({ name, title }: Bench, all: readonly Measured[]): Results {
  const results = all.map(({ measured, usages }): CaseResult => {
    const floor = all.find((other) => other.measured.name === measured.floor);
    const cpuMs = median(usages.map((usage) => usage.cpuMs));
    return {
      name: measured.name,
      wallMs: Math.round(median(usages.map(({ wallMs }) => wallMs))),
      cpuMs: Math.round(cpuMs),
      peakMb: Math.round(median(usages.map(({ peakMb }) => peakMb))),
      load: Math.round(median(usages.map(({ load }) => load)) * 10) / 10,
      ...(floor === undefined ? {} : { ratioToFloor: ratio(cpuMs, floor.usages) }),
      ...(measured.budget === undefined ? {} : { budget: measured.budget }),
    };
  });
  return { name, title, date: today(), machine: machineWords(), runs, results };
}

function machineWords(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model ?? "unknown"}), ${Math.round(totalmem() / 1024 ** 3)} GB, Node ${process.version}, ${process.platform}`;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Processes that wanted to run, on average over the last minute. */
function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}

/** Of processor time: on a busy machine the clock on the wall measures the others. */
function ratio(cpuMs: number, floor: readonly Usage[]): number {
  return Math.round((cpuMs / median(floor.map((usage) => usage.cpuMs))) * 100) / 100;
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
