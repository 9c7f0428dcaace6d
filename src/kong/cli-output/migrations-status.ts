import { z } from "zod";
import type { MigrationSet } from "#src/kong/facts.ts";
import { errorSentence, plainLines } from "./command-output.ts";
import type { CommandOutput } from "./command-output.ts";
import { stateOf } from "./migrations-list.ts";
import type { MigrationReading } from "./migrations-list.ts";

const groupSchema = z.array(z.object({ subsystem: z.string(), migrations: z.array(z.string()) }));

/** The JSON of `kong migrations status` (Kong 3.0 and later); groups that are empty are absent. */
const statusSchema = z.object({
  needs_bootstrap: z.boolean(),
  executed_migrations: groupSchema.optional(),
  pending_migrations: groupSchema.optional(),
  new_migrations: groupSchema.optional(),
});

/**
 * Reads `kong migrations status` of Kong 3.0 and later. It exits with 0 in every state, and a first run in a fresh
 * prefix prints another line before or after the JSON: the line that starts with `{` counts.
 */
export function readMigrationsStatus(output: CommandOutput): MigrationReading {
  const line = plainLines(output.stdout).find((candidate) => candidate.trimStart().startsWith("{"));
  const parsed = statusSchema.safeParse(line === undefined ? undefined : parseJson(line));
  if (output.exitCode !== 0 || !parsed.success) {
    const said = errorSentence(output) ?? "no JSON in its output";
    return { kind: "failed", problem: `kong migrations status ended with ${output.exitCode ?? "a signal"}: ${said}` };
  }
  const status = parsed.data;
  if (status.needs_bootstrap) {
    return { kind: "read", migrations: { state: "needs_bootstrap", executed: {}, pending: {}, new: {} } };
  }
  const migrations = stateOf({
    executed: toSet(status.executed_migrations),
    pending: toSet(status.pending_migrations),
    new: toSet(status.new_migrations),
  });
  return { kind: "read", migrations };
}

function toSet(groups: z.infer<typeof groupSchema> | undefined): MigrationSet {
  return Object.fromEntries((groups ?? []).map((group) => [group.subsystem, group.migrations]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A cut-off line is no answer; the caller tells what the command said instead.
    return undefined;
  }
}
