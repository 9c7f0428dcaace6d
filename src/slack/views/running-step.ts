import { formatDuration } from "#src/kernel/duration.ts";
import { addMs } from "#src/kernel/instant.ts";
import type { currentStep } from "#src/upgrade/next.ts";
import type { Active, StepProgress } from "#src/upgrade/state.ts";
import { dateToken } from "./text.ts";

/** When the work of the running step is cut off at the latest; proving it may take some moments more. */
export function deadlineOf(current: ReturnType<typeof currentStep>): { readonly deadline?: string } {
  if (current?.progress.kind !== "running") return {};
  const { step, progress } = current;
  return { deadline: `${dateToken(addMs(progress.startedAt, step.timeoutMs))} (${formatDuration(step.timeoutMs)})` };
}

/** What the card says before the title of the step that runs. */
export function runningMood({ flow }: Active, { cancel, silence }: Extract<StepProgress, { kind: "running" }>): string {
  if (silence !== undefined) return "🔇 Its runner gives no sign of life at";
  if (cancel !== undefined) return "✂️ Cancelling";
  return flow.kind === "paused" ? "⏸️ Pausing after" : "▶️ Running";
}

/** Its processes are being ended; a person chooses afterwards. */
export function isBeingCancelled(current: ReturnType<typeof currentStep>): boolean {
  return current?.progress.kind === "running" && current.progress.cancel !== undefined;
}
