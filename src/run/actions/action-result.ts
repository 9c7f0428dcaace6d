import type { Measurements } from "#src/plan/measurements.ts";
import type { CommandResult, NodeResult, SoakReport } from "#src/upgrade/step-report.ts";

/** How the doing ended; whether the work is done is for the proof to say. */
export type ActionEnd =
  | { readonly kind: "completed" }
  /** It ended by itself and says that it did not work, or it was never started. */
  | { readonly kind: "failed"; readonly reason: string; readonly wasStarted: boolean }
  /** Somebody cancelled it; `isGone` when no process of it is left. */
  | { readonly kind: "cancelled"; readonly reason: string; readonly isGone: boolean }
  /** A time limit or a signal ended it; `isGone` when no process of it is left. */
  | { readonly kind: "cut_off"; readonly reason: string; readonly isGone: boolean };

export interface ActionResult {
  readonly end: ActionEnd;
  readonly commands: readonly CommandResult[];
  readonly measurements?: Measurements;
  /** Of a step that works on several nodes side by side. */
  readonly nodes?: readonly NodeResult[];
  readonly soak?: SoakReport;
}
