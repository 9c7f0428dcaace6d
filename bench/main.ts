import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench, Case } from "./bench.ts";
import { checkAdminApi } from "./check-admin-api.ts";
import { checkAtScale } from "./check-at-scale.ts";
import { stepOutput } from "./step-output.ts";
import { measure, median } from "./measure.ts";
import type { Usage } from "./measure.ts";
import { tableOf, withTable } from "./table.ts";
import type { CaseResult, Results } from "./table.ts";

/** All benches; a new one is a file with a `Bench` and a line here. */
const benches: readonly Bench[] = [checkAtScale, checkAdminApi, stepOutput];

const runs = 5;

const wanted = process.argv.slice(2);
for (const bench of benches) if (wanted.length === 0 || wanted.includes(bench.name)) await run(bench);

async function run(bench: Bench): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-bench-"));
  try {
    process.stdout.write(`${bench.title}\n`);
    await using stack = new AsyncDisposableStack();
    const measured = await measureAll(await bench.prepare(folder, stack));
    const results = resultsOf(bench, measured);
    await writeFile(pathOf(`results/${bench.name}.json`), `${JSON.stringify(results, null, 2)}\n`);
    const readme = pathOf("README.md");
    await writeFile(readme, withTable(await readFile(readme, "utf8"), results));
    process.stdout.write(`${tableOf(results)}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
  const [cpu] = cpus();
  const machine = `${cpus().length} cores (${cpu?.model ?? "unknown"}), ${Math.round(totalmem() / 1024 ** 3)} GB, Node ${process.version}, ${process.platform}`;
  const date = new Date().toISOString().slice(0, 10);
  return { name, title, date, machine, runs, results };
}

/** Of processor time: on a busy machine the clock on the wall measures the others. */
function ratio(cpuMs: number, floor: readonly Usage[]): number {
  return Math.round((cpuMs / median(floor.map((usage) => usage.cpuMs))) * 100) / 100;
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
