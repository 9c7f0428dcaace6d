import type { PlanContext } from "#src/plan/plan-context.ts";
import type { Step } from "#src/plan/step.ts";

/** What steps that only look have in common. */
export type Look = Pick<
  Step,
  "phase" | "class" | "action" | "targets" | "precheck" | "timeoutMs" | "isIdempotent" | "wayBack"
>;

/** A step of `phase` that runs its proof against `targets` and changes nothing. */
export function lookAt(context: PlanContext, phase: Step["phase"], targets: readonly string[]): Look {
  return {
    phase,
    class: "safe",
    action: { kind: "check" },
    targets,
    precheck: [],
    timeoutMs: context.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing was changed by looking.",
  };
}
