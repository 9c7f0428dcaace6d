// A program of this machine, in a process group of its own, with its output kept as a runner keeps it.
import { runProcess } from "#src/run/process/run-process.ts";
import { keepOutput } from "./kept-output.ts";

const [databaseUrl = "", ...argv] = process.argv.slice(2);
const kept = keepOutput(databaseUrl);
await runProcess({
  argv,
  env: {},
  cwd: "/",
  timeoutMs: 600_000,
  onSpawn: async () => undefined,
  onOutput: kept.onOutput,
});
const { lines } = await kept.finish();
if (lines === 0) throw new Error("nothing was kept");
