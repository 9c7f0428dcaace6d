import type { Instant } from "#src/kernel/instant.ts";

/** How far a plan was executed, by step id. */
export interface Progress {
  /** Proven done, counted as done, or confirmed by a person. */
  readonly done: readonly string[];
  /** Started but not proven done: running, failed or unknown. It may have had its effect, wholly or in part. */
  readonly begun: readonly string[];
  /** When `backup-database` was proven done; everything written later is missing in that backup. */
  readonly backedUpAt?: Instant | undefined;
}

/** Whether a step may have had an effect. */
export function isTouched(progress: Progress, stepId: string): boolean {
  return progress.done.includes(stepId) || progress.begun.includes(stepId);
}

/** The backup that a restore would take, with its time where that is known: whatever was written since is lost. */
export function nameBackup({ backedUpAt }: Progress): string {
  return backedUpAt === undefined ? "the backup" : `the backup of ${backedUpAt}`;
}
