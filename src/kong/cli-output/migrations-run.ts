import { errorSentence, plainLines } from "./command-output.ts";
import type { CommandOutput } from "./command-output.ts";

/** One migration as `up` and `finish` name it. */
interface MigratedName {
  readonly subsystem: string;
  readonly name: string;
  readonly state: "executed" | "pending";
}

/** What `kong migrations up` or `finish` says it did; never a proof, since both exit 0 when they did nothing. */
export interface MigrationRun {
  readonly outcome: "migrated" | "nothing_to_do" | "aborted" | "refused" | "failed" | "interrupted";
  readonly migrated: readonly MigratedName[];
  /** The sentence behind the outcome; undefined where it migrated. */
  readonly said: string | undefined;
}

const migratedLine = /^(\S+) migrated up to: (\S+) \((executed|pending)\)$/u;
const nothingToDo = /^(?:Database is already up-to-date|No pending migrations to finish)$/u;
const aborted = /^aborted: another node is performing database changes/u;
const newOnes = /^New migrations available; run 'kong migrations up' to proceed/u;

/**
 * Reads the output of `kong migrations up` and `finish` (Kong 2.8.5 to 3.9.3). `finish` closes with "No pending
 * migrations to finish" even after it finished some, so the names decide whether anything was done.
 */
export function readMigrationsRun(output: CommandOutput): MigrationRun {
  const lines = plainLines(output.stdout);
  const migrated = lines.flatMap((line): readonly MigratedName[] => {
    const match = migratedLine.exec(line.trim());
    const [, subsystem, name, state] = match ?? [];
    if (subsystem === undefined || name === undefined) return [];
    return [{ subsystem, name, state: state === "pending" ? "pending" : "executed" }];
  });
  const say = (pattern: RegExp): string | undefined => lines.find((line) => pattern.test(line.trim()))?.trim();
  const closing = (outcome: MigrationRun["outcome"], said: string | undefined): MigrationRun => ({
    outcome,
    migrated,
    said,
  });

  if (output.exitCode === undefined || output.exitCode >= 128) return closing("interrupted", errorSentence(output));
  if (output.exitCode !== 0) return closing("failed", errorSentence(output));
  if (say(aborted) !== undefined) return closing("aborted", say(aborted));
  if (migrated.length > 0) return closing("migrated", undefined);
  if (say(newOnes) !== undefined) return closing("refused", say(newOnes));
  if (say(nothingToDo) !== undefined) return closing("nothing_to_do", say(nothingToDo));
  return closing("failed", "it printed nothing that Kong is known to print");
}
