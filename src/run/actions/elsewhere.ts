import { errorMessage } from "#src/kernel/app-error.ts";
import type { Command } from "#src/plan/step.ts";
import type { Transport } from "#src/plan/transport.ts";
import type { ProcessEnd } from "#src/run/process/run-process.ts";
import type { StepContext } from "#src/run/step-context.ts";
import { stateName } from "#src/run/transports/remote-attempts.ts";
import type { RemoteCall } from "#src/run/transports/run-remote.ts";

export type ElsewhereCall = Omit<RemoteCall, "name" | "onBegun">;

/** Whether commands of a step are started, or followed that were: then with those of which the target said that they began. */
export type Manner = { readonly kind: "start" } | { readonly kind: "take_up"; readonly begun: ReadonlySet<number> };

/** A step whose commands this runner had started elsewhere before it was started again itself. */
export interface StartedElsewhere {
  /** All commands of the step; each one that was started has the very place where that was. */
  readonly commands: readonly Command[];
  /** Which of them were started, by their index. */
  readonly started: ReadonlySet<number>;
  /** Of which of these the target said that it began. */
  readonly begun: ReadonlySet<number>;
  /** Of the step's time limit. */
  readonly leftMs: number;
}

interface Turn {
  readonly manner: Manner;
  /** Which command of the step it is. */
  readonly index: number;
  readonly context: StepContext;
  /** Told the very place where it is started, such as the pod that was taken of a workload. */
  readonly onPlace: (where: Transport) => void;
}

/** Runs a command of a step elsewhere, or takes it up again; where it runs is noted on disk before it starts. */
export async function runElsewhere(
  via: Transport,
  call: ElsewhereCall,
  { manner, index, context, onPlace }: Turn,
): Promise<ProcessEnd> {
  const { transports, remoteAttempts, step, upgradeId, attempt, environment, log } = context;
  const place = { upgradeId, stepId: step.id, attempt };
  const onBegun = (): Promise<void> =>
    remoteAttempts.noteBegun(place, index).catch((error: unknown) => {
      log.warn({ ...place, problem: errorMessage(error) }, "that a command began elsewhere could not be noted on disk");
    });
  const named = { ...call, onBegun, name: stateName(place, environment, index) };
  if (manner.kind === "take_up") return transports.takeUp(via, named, manner.begun.has(index));
  const where = await transports.pin(via);
  if (!where.ok) return { kind: "not_started", problem: where.problem };
  onPlace(where.value);
  try {
    await remoteAttempts.remember(place, index, where.value);
  } catch (error) {
    return { kind: "not_started", problem: `it could not be noted on this runner's disk: ${errorMessage(error)}` };
  }
  return transports.run(where.value, named);
}
