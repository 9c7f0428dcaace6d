import { pointOfNoReturn } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Track } from "#src/upgrade/state.ts";
import { escapeText } from "./text.ts";

/** `▰▰▰▱▱▱▱▱▱▱ 3/10` */
export function progressBar(done: number, total: number): string {
  const width = 12;
  const filled = total === 0 ? 0 : Math.floor((done / total) * width);
  return `${"▰".repeat(filled)}${"▱".repeat(width - filled)} ${done}/${total}`;
}

/** Where the point of no return of a plan is, seen from where the track is. */
export function pointOfNoReturnOf(plan: Plan, track?: Track): { readonly pointOfNoReturn?: string } {
  const step = pointOfNoReturn(plan);
  if (step === undefined) return {};
  const number = plan.steps.indexOf(step) + 1;
  const progress = track?.steps.get(step.id)?.kind;
  const isPassed = progress === "done" || progress === "running" || progress === "failed" || progress === "unknown";
  const where = `step ${number}, ${escapeText(step.title, 120)}`;
  return { pointOfNoReturn: isPassed ? `behind us (${where})` : `ahead, at ${where}` };
}
