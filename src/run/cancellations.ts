import { errorMessage } from "#src/kernel/app-error.ts";
import { cancellingOf } from "#src/plan/cancelling.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { Logger, RunnerRecord } from "./ports.ts";
import type { StepAttempt } from "./process/running-processes.ts";

/** An attempt that runs here, until it is disposed of; the signal is aborted when somebody cancels it. */
interface Attended extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Hears wishes to cancel steps that run here. A visit is busy for as long as its step runs, so these come by a way of
 * their own: with the notification of the append, or with the next sweep where that was lost.
 */
export interface Cancellations {
  attend(place: StepAttempt): Attended;
  /** Looks whether an upgrade whose step runs here wants it to end. */
  look(upgrade: Upgrade): void;
  /** Reads the upgrade, where a step of it runs here, and looks. Never rejects: the next sweep looks again. */
  hear(id: UpgradeId): Promise<void>;
}

interface Knowledge {
  readonly environments: ReadonlyMap<string, Environment>;
  readonly record: Pick<RunnerRecord, "find">;
}

export function createCancellations({ environments, record }: Knowledge, log: Logger): Cancellations {
  const attended = new Map<UpgradeId, { readonly place: StepAttempt; readonly controller: AbortController }>();

  const look = (upgrade: Upgrade): void => {
    const here = attended.get(upgrade.id);
    const environment = environments.get(upgrade.request.environment.name);
    const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
    if (here === undefined || environment === undefined || current?.progress.kind !== "running") return;
    const { step, progress } = current;
    const { place, controller } = here;
    const isSame = place.stepId === step.id && place.attempt === progress.attempt;
    if (!isSame || progress.cancel === undefined || controller.signal.aborted) return;
    // By this runner's own configuration: who writes into the database must not cut a migration off.
    if (cancellingOf(step, environment.hooks).kind === "impossible") {
      log.error(place, "somebody wants a step cancelled that this runner does not cancel; it goes on");
      return;
    }
    log.info(place, "the running step is cancelled");
    controller.abort();
  };

  return {
    attend: (place) => {
      const controller = new AbortController();
      attended.set(place.upgradeId, { place, controller });
      return { signal: controller.signal, [Symbol.dispose]: () => void attended.delete(place.upgradeId) };
    },
    look,
    hear: async (id) => {
      if (!attended.has(id)) return;
      try {
        const upgrade = await record.find(id);
        if (upgrade !== undefined) look(upgrade);
      } catch (error) {
        log.warn(
          { upgradeId: id, problem: errorMessage(error) },
          "could not look whether the running step is cancelled",
        );
      }
    },
  };
}
