import { errorMessage } from "#src/kernel/app-error.ts";
import type { Transport } from "#src/plan/transport.ts";
import type { ProcessEnd } from "#src/run/process/run-process.ts";
import type { StepContext } from "#src/run/step-context.ts";
import { stateName } from "#src/run/transports/remote-attempts.ts";
import type { RemoteCall } from "#src/run/transports/run-remote.ts";

export type ElsewhereCall = Omit<RemoteCall, "name">;

interface Turn {
  readonly kind: "start" | "take_up";
  /** Which command of the step it is. */
  readonly index: number;
  readonly context: StepContext;
}

/** Runs a command of a step elsewhere, or takes it up again; where it runs is noted on disk before it starts. */
export async function runElsewhere(
  via: Transport,
  call: ElsewhereCall,
  { kind, index, context }: Turn,
): Promise<ProcessEnd> {
  const { transports, remoteAttempts, step, upgradeId, attempt, environment, log } = context;
  const place = { upgradeId, stepId: step.id, attempt };
  const named = { ...call, name: stateName(place, environment, index) };
  if (kind === "take_up") return transports.takeUp(via, named);
  const where = await transports.pin(via);
  if (!where.ok) return { kind: "not_started", problem: where.problem };
  await remoteAttempts.remember(place, index, where.value).catch((error: unknown) => {
    log.warn({ ...place, problem: errorMessage(error) }, "a command elsewhere could not be noted on disk");
  });
  return transports.run(where.value, named);
}
