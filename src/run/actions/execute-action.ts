import { unreachable } from "#src/kernel/result.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { ActionResult } from "./action-result.ts";
import { measureBaseline, measureFingerprint } from "./baseline.ts";
import { takeUpCommands } from "./commands.ts";
import type { StartedElsewhere } from "./elsewhere.ts";
import { runNoting } from "./note-workers.ts";
import { takeUpOnNodes } from "./on-nodes.ts";
import { sendAdminRequest } from "./request.ts";
import { soak } from "./soak.ts";

/** Does the work of a step; whether it is done is for its proof to say. */
export async function executeAction(context: StepContext): Promise<ActionResult> {
  const { action } = context.step;
  switch (action.kind) {
    case "check":
      return { end: { kind: "completed" }, commands: [] };
    case "commands":
      return runNoting(action, context);
    case "baseline":
      return measureBaseline(action, context);
    case "fingerprint":
      return measureFingerprint(action, context);
    case "soak":
      return soak(action, context);
    case "request":
      return sendAdminRequest(action, context);
    case "manual":
      throw new Error(`step ${context.step.id} is done by a person, never by a runner`);
    default:
      return unreachable(action);
  }
}

/** Follows the commands of a step to their end that this runner had started elsewhere before it was started again. */
export async function takeUpAction(started: StartedElsewhere, context: StepContext): Promise<ActionResult> {
  const { action } = context.step;
  const nodesAtOnce = action.kind === "commands" ? action.nodesAtOnce : undefined;
  return nodesAtOnce === undefined ? takeUpCommands(started, context) : takeUpOnNodes(started, nodesAtOnce, context);
}
