// What a runner does with the output of a program that runs elsewhere by ssh: the target's files, the connection, lines,
// redaction, digest, tail, and chunks in PostgreSQL.
import { transportSchema } from "#src/plan/transport.ts";
import { openPool } from "#src/record/database.ts";
import { appendOutput } from "#src/record/output-chunks.ts";
import { createChunkStore } from "#src/run/output/chunk-store.ts";
import { createLineSplitter } from "#src/run/output/lines.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import { createStepOutput } from "#src/run/output/step-output.ts";
import { openTransports } from "#src/run/transports/transports.ts";

const [databaseUrl = "", place = "", ...argv] = process.argv.slice(2);
const via = transportSchema.parse(JSON.parse(place));
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
const transports = openTransports({ PATH: "/usr/bin:/bin" });
const name = `bench.${process.pid}`;
const end = await transports.run(via, {
  name,
  argv,
  env: {},
  timeoutMs: 600_000,
  onOutput: (_, bytes) => output.write(splitter.push(bytes).map((line) => stream.redactLine(line))),
});
await output.write(splitter.end().map((line) => stream.redactLine(line)));
const { lines } = await output.finish();
transports.forget(via, [name]);
await transports[Symbol.asyncDispose]();
await pool.end();
if (end.kind !== "exited" || lines !== 1_000_000 || store.unsent.length > 0)
  throw new Error(`${JSON.stringify(end)}: kept ${lines} lines, ${store.unsent.length} chunks unsent`);
