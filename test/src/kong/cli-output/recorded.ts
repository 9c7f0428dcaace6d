import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { CommandOutput } from "#src/kong/cli-output/command-output.ts";

const recordedSchema = z.record(
  z.string(),
  z.object({ recorded: z.string(), exitCode: z.number(), stdout: z.string(), stderr: z.string() }),
);

const all = recordedSchema.parse(JSON.parse(await readFile(new URL("recorded.json", import.meta.url), "utf8")));

/** The output of one real run of Kong OSS on PostgreSQL 15; `recorded.json` tells the command behind each name. */
export function recorded(name: string): CommandOutput {
  const output = all[name];
  if (output === undefined) throw new Error(`nothing is recorded under ${name}`);
  return output;
}

/** The same lines as `--v` prints them. */
export function verbose(output: CommandOutput): CommandOutput {
  const stdout = output.stdout
    .split("\n")
    .map((line) => `2026/11/20 23:13:47 [info] ${line}`)
    .join("\n");
  return { ...output, stdout };
}
