import type { Logger } from "#src/log.ts";
import type { HeldStep } from "#src/record/runners.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { Actor } from "#src/upgrade/identity.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { StepProgress, Upgrade } from "#src/upgrade/state.ts";

export interface SilenceParts {
  readonly desk: Pick<Desk, "submit">;
  readonly heldSteps: () => Promise<readonly HeldStep[]>;
  readonly log: Logger;
}

/**
 * Says in the record, and so in the thread, where a runner stands still while its step runs, and when it goes on. A runner
 * whose lock is free is none of this: that one is lost. `open` are the open upgrades as they were read just now.
 */
export async function tellSilence(
  { desk, heldSteps, log }: SilenceParts,
  actor: Actor,
  open: readonly Upgrade[],
): Promise<void> {
  const running = new Map(open.flatMap((upgrade) => runningOf(upgrade)));
  if (running.size === 0) return;
  for (const held of await heldSteps()) {
    const { upgradeId, stepId, attempt, runnerId, lastSeen, host, pid, isSilent } = held;
    const progress = running.get(keyOf(held));
    // Over by now, or known already.
    if (progress === undefined || (progress.silence !== undefined) === isSilent) continue;
    const ref = { stepId, attempt, runnerId };
    const told = await desk.submit(
      upgradeId,
      isSilent
        ? { intent: "report_runner_silent", ...ref, lastSeen, host, pid }
        : { intent: "report_runner_heard", ...ref },
      actor,
    );
    if (told.ok)
      log.warn({ upgrade: upgradeId, step: stepId, runner: runnerId, isSilent }, "a runner's silence changed");
  }
}

type Running = Extract<StepProgress, { readonly kind: "running" }>;

function runningOf(upgrade: Upgrade): readonly (readonly [string, Running])[] {
  const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
  if (current?.progress.kind !== "running") return [];
  const { step, progress } = current;
  return [[keyOf({ upgradeId: upgrade.id, stepId: step.id, ...progress }), progress]];
}

function keyOf({
  upgradeId,
  stepId,
  attempt,
  runnerId,
}: Omit<HeldStep, "lastSeen" | "host" | "pid" | "isSilent">): string {
  return `${upgradeId} ${stepId} ${attempt} ${runnerId}`;
}
