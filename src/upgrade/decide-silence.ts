import { no, ok } from "#src/kernel/result.ts";
import type { Decision } from "./decide.ts";
import { progressOf } from "./decide-step.ts";
import type { IntentOf } from "./intents.ts";
import { refuse } from "./refusals.ts";
import type { Active, StepProgress } from "./state.ts";

/**
 * The runner of a running step stands still. Nothing is taken from it, as it and what it started may go on at any moment:
 * the step becomes unknown only when its life is over, which is known by its lock and not by its silence.
 */
export function reportRunnerSilent(upgrade: Active, intent: IntentOf<"report_runner_silent">): Decision {
  const { stepId, attempt, runnerId, lastSeen, host, pid } = intent;
  const progress = runBy(upgrade, intent);
  if (progress === undefined) return notRun(intent);
  return progress.silence === undefined
    ? ok([{ type: "runner_silent", stepId, attempt, runnerId, lastSeen, host, pid }])
    : ok([]);
}

/** It goes on, and so does its step. */
export function reportRunnerHeard(upgrade: Active, intent: IntentOf<"report_runner_heard">): Decision {
  const { stepId, attempt, runnerId } = intent;
  const progress = runBy(upgrade, intent);
  if (progress === undefined) return notRun(intent);
  return progress.silence === undefined ? ok([]) : ok([{ type: "runner_heard", stepId, attempt, runnerId }]);
}

interface Run {
  readonly stepId: string;
  readonly attempt: number;
  readonly runnerId: string;
}

function runBy(
  upgrade: Active,
  { stepId, attempt, runnerId }: Run,
): Extract<StepProgress, { readonly kind: "running" }> | undefined {
  const progress = progressOf(upgrade, stepId, attempt);
  return progress?.kind === "running" && progress.runnerId === runnerId ? progress : undefined;
}

function notRun({ stepId, runnerId }: Run): Decision {
  return no(refuse("conflict", `Step ${stepId} is not run by ${runnerId}.`, "Look at the state again."));
}
