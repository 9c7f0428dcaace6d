import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";
import { openRecord } from "#src/record/record.ts";
import type { Bench } from "./bench.ts";

/** 84 bytes a line; every hundredth holds what has to be redacted. */
const script = (lines: number): string =>
  `BEGIN { for (i = 0; i < ${lines}; i++) print (i % 100 == 0 ? "line " i " of an output that connects with password=hunter" i " to the database of kong" : "line " i " of an output that is as long as those of kong migrations with its traces on") }`;
const awk = "/usr/bin/awk";
/** A program that prints a million lines. */
export const manyLines = [awk, script(1_000_000)];
/** One line without an end. */
const longLine = [
  awk,
  'BEGIN { for (i = 0; i < 160; i++) { line = sprintf("%65536s", "x"); printf "%s", line } print "" }',
];

/** A million lines through everything that a runner does with them, against reading them and doing nothing. */
export const stepOutput: Bench = {
  name: "output",
  title: "A million lines of a step's output: redaction, digest, tail and storage",
  async prepare(folder, stack) {
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
    stack.defer(() => postgres.stop());
    const record = await openRecord({ url: postgres.url });
    await record[Symbol.asyncDispose]();
    const floor = "execa, line by line";
    return [
      { name: "raw pipe", program: [program("read-raw-pipe.ts"), ...manyLines] },
      { name: floor, program: [program("iterate-lines.ts"), ...manyLines] },
      {
        name: "as a runner keeps it",
        program: [program("keep-output.ts"), postgres.url, ...manyLines],
        floor,
        budget: { ratio: 4, peakMb: 200 },
      },
      {
        name: "one line of 10 MB, as a runner keeps it",
        program: [program("keep-output.ts"), postgres.url, ...longLine],
        budget: { wallMs: 5_000, peakMb: 200 },
      },
    ];
  },
};

function program(name: string): string {
  return fileURLToPath(new URL(`programs/${name}`, import.meta.url));
}
