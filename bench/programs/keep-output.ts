// What a runner does with a program's output: process group, lines, redaction, digest, tail, and chunks in PostgreSQL.
import { openPool } from "#src/record/database.ts";
import { appendOutput } from "#src/record/output-chunks.ts";
import { createChunkStore } from "#src/run/output/chunk-store.ts";
import { createLineSplitter } from "#src/run/output/lines.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import { createStepOutput } from "#src/run/output/step-output.ts";
import { runProcess } from "#src/run/process/run-process.ts";

const [databaseUrl = "", ...argv] = process.argv.slice(2);
const pool = openPool(databaseUrl);
const attempt = { upgradeId: "KU-2026-0001", stepId: `bench-${process.pid}`, attempt: 1 } as const;
const silent = (): void => undefined;
const store = createChunkStore((chunks) => appendOutput(pool, attempt, chunks), {
  info: silent,
  warn: silent,
  error: silent,
});
const output = createStepOutput(store);
const redactor = createRedactor(["a-configured-secret", "another/one+with=signs", "kong-password"]);
const splitter = createLineSplitter(redactor.margin);
const stream = redactor.forStream();
await runProcess({
  argv,
  env: {},
  cwd: "/",
  timeoutMs: 600_000,
  onSpawn: async () => undefined,
  onOutput: (_, bytes) => output.write(splitter.push(bytes).map((line) => stream.redactLine(line))),
});
await output.write(splitter.end().map((line) => stream.redactLine(line)));
const { lines } = await output.finish();
await pool.end();
if (lines === 0 || store.unsent.length > 0)
  throw new Error(`kept ${lines} lines, ${store.unsent.length} chunks unsent`);
