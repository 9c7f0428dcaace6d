import type { MigrationSet, MigrationState } from "#src/kong/facts.ts";
import { errorSentence, plainLines } from "./command-output.ts";
import type { CommandOutput } from "./command-output.ts";

/** Either the state the CLI sees, or why it could not tell. */
export type MigrationReading =
  | { readonly kind: "read"; readonly migrations: MigrationState }
  | { readonly kind: "failed"; readonly problem: string };

type Block = "executed" | "pending" | "new";

const headings: Readonly<Record<string, Block>> = {
  "Executed migrations:": "executed",
  "Pending migrations:": "pending",
  "New migrations available:": "new",
  "New migrations:": "new",
};

/**
 * Reads `kong migrations list`. Kong's exit codes are 0 up to date, 3 needs bootstrap, 4 pending (with or without new
 * ones), 5 new (kong/cmd/migrations.lua, 2.8.5 to 3.9.3); the blocks decide, and a code that contradicts them is a failure.
 */
export function readMigrationsList(output: CommandOutput): MigrationReading {
  if (
    output.exitCode === 3 ||
    plainLines(output.stdout).some((line) => line.startsWith("Database needs bootstrapping"))
  ) {
    return { kind: "read", migrations: { state: "needs_bootstrap", executed: {}, pending: {}, new: {} } };
  }
  const blocks = readBlocks(output.stdout);
  const migrations = stateOf(blocks);
  const expected = { up_to_date: 0, pending: 4, pending_and_new: 4, new: 5, needs_bootstrap: 3 }[migrations.state];
  if (Object.keys(blocks.executed).length > 0 && output.exitCode === expected) return { kind: "read", migrations };
  const said = errorSentence(output) ?? "no migrations in its output";
  return { kind: "failed", problem: `kong migrations list ended with ${output.exitCode ?? "a signal"}: ${said}` };
}

/** Which of the five states three lists mean. */
export function stateOf(blocks: Pick<MigrationState, Block>): MigrationState {
  const hasPending = Object.keys(blocks.pending).length > 0;
  const hasNew = Object.keys(blocks.new).length > 0;
  if (hasPending) return { ...blocks, state: hasNew ? "pending_and_new" : "pending" };
  return { ...blocks, state: hasNew ? "new" : "up_to_date" };
}

function readBlocks(stdout: string): Pick<MigrationState, Block> {
  const blocks: Record<Block, Record<string, readonly string[]>> = { executed: {}, pending: {}, new: {} };
  let current: Block | undefined;
  for (const line of plainLines(stdout)) {
    const heading = headings[line.trim()];
    if (heading !== undefined) current = heading;
    else if (line.trim() === "") current = undefined;
    else if (current !== undefined) Object.assign(blocks[current], readLine(line));
  }
  return blocks;
}

function readLine(line: string): MigrationSet {
  const match = /^\s*([\w.-]+): (.+)$/u.exec(line);
  const [, subsystem, names] = match ?? [];
  return subsystem === undefined || names === undefined ? {} : { [subsystem]: names.split(", ") };
}
