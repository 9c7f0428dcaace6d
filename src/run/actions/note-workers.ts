import { openAdmin } from "#src/discovery/admin-client.ts";
import { readWorkers } from "#src/discovery/workers.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Action } from "#src/plan/step.ts";
import { nodeOf } from "#src/run/probes/node-of.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { ActionResult } from "./action-result.ts";
import { runCommands } from "./commands.ts";
import { runOnNodes } from "./on-nodes.ts";

/** Runs the commands of a step, and notes a node's workers before the first where their replacement is to be proven. */
export async function runNoting(
  { commands, notesWorkersOf, nodesAtOnce }: Extract<Action, { readonly kind: "commands" }>,
  context: StepContext,
): Promise<ActionResult> {
  if (nodesAtOnce !== undefined) return runOnNodes(commands, nodesAtOnce, context);
  if (notesWorkersOf === undefined) return runCommands(commands, context);
  const noted = await noteWorkers(notesWorkersOf, context);
  if ("end" in noted) return noted;
  return { ...(await runCommands(commands, context)), measurements: noted };
}

async function noteWorkers(name: string, context: StepContext): Promise<Measurements | ActionResult> {
  const { environment, ports, output, redactor } = context;
  try {
    const workers = await readWorkers(nodeOf(environment, name), openAdmin(environment, ports));
    await output.write([`workers of ${name} before: ${workers.join(", ")}`]);
    return { workers: { ...context.baseline.workers, [name]: workers } };
  } catch (error) {
    const reason = `the workers of ${name} could not be read: ${redactor.redactText(errorMessage(error))}`;
    return { end: { kind: "failed", reason, wasStarted: false }, commands: [] };
  }
}
