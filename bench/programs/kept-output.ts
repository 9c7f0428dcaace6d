// What a runner does with what a program prints: lines, redaction, digest, tail, and chunks in PostgreSQL.
import { openPool } from "#src/record/database.ts";
import { appendOutput } from "#src/record/output-chunks.ts";
import { createChunkStore } from "#src/run/output/chunk-store.ts";
import { createLineSplitter } from "#src/run/output/lines.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import { createStepOutput } from "#src/run/output/step-output.ts";

export interface KeptOutput {
  readonly onOutput: (stream: "stdout" | "stderr", bytes: Uint8Array) => Promise<void>;
  /** Stores the rest. @throws Error where something is not in the database. */
  finish(): Promise<{ readonly lines: number }>;
}

const silent = (): void => undefined;

/** Takes both streams as one, which is what the programs of the bench print. */
export function keepOutput(databaseUrl: string): KeptOutput {
  const pool = openPool(databaseUrl);
  const attempt = { upgradeId: "KU-2026-0001", stepId: `bench-${process.pid}`, attempt: 1 } as const;
  const store = createChunkStore((chunks) => appendOutput(pool, attempt, chunks), {
    info: silent,
    warn: silent,
    error: silent,
  });
  const output = createStepOutput(store);
  const redactor = createRedactor(["a-configured-secret", "another/one+with=signs", "kong-password"]);
  const splitter = createLineSplitter(redactor.margin);
  const stream = redactor.forStream();
  return {
    onOutput: (_, bytes) => output.write(splitter.push(bytes).map((line) => stream.redactLine(line))),
    finish: async () => {
      await output.write(splitter.end().map((line) => stream.redactLine(line)));
      const { lines } = await output.finish();
      await pool.end();
      if (store.unsent.length > 0) throw new Error(`${store.unsent.length} chunks were not stored`);
      return { lines };
    },
  };
}
