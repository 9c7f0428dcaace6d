import { cancellingOf } from "#src/plan/cancelling.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { ActionEnd } from "./action-result.ts";

/** The end of a step that somebody cancelled, with the truth about what may be left of it. */
export function cancelledEnd(
  { step, environment }: Pick<StepContext, "step" | "environment">,
  { what, isGone }: { readonly what: string; readonly isGone: boolean },
): Extract<ActionEnd, { readonly kind: "cancelled" }> {
  const cancelling = cancellingOf(step, environment.hooks);
  const left = cancelling.kind === "possible" ? `. ${cancelling.leaves.replace(/\.$/u, "")}` : "";
  const processes = isGone ? "no process of it is left" : "some of its processes could not be stopped and still run";
  return { kind: "cancelled", reason: `${what} was cancelled; ${processes}${left}`, isGone };
}
