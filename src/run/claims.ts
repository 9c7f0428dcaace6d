import { digestOfText } from "#src/kernel/digest.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { StepReport } from "#src/upgrade/step-report.ts";
import type { Outbox } from "./outbox.ts";
import type { Logger } from "./ports.ts";
import type { StepAttempt } from "./process/running-processes.ts";

/**
 * Claims whose answer was lost with the connection, or that could not be written down here: whether they were recorded is
 * seen at the next look.
 */
export interface Claims {
  ask(place: StepAttempt): void;
  answered(place: StepAttempt): void;
  /** Hands in a report for a claim that was recorded after all, since nothing was run for it. */
  settleUnanswered(place: StepAttempt): Promise<boolean>;
}

export function createClaims(outbox: Outbox, runnerId: string, log: Logger): Claims {
  const unanswered = new Set<string>();
  return {
    ask: (place) => {
      unanswered.add(keyOf(place));
    },
    answered: (place) => {
      unanswered.delete(keyOf(place));
    },
    settleUnanswered: async (place) => {
      if (!unanswered.has(keyOf(place))) return false;
      await outbox.send({ ...place, runnerId, report: nothingWasRun, chunks: [] }).catch((error: unknown) => {
        log.warn({ ...place, problem: errorMessage(error) }, "a lost claim could not be settled yet");
        throw error;
      });
      unanswered.delete(keyOf(place));
      return true;
    },
  };
}

function keyOf({ upgradeId, stepId, attempt }: StepAttempt): string {
  return `${upgradeId} ${stepId} ${attempt}`;
}

const nothingWasRun: StepReport = {
  outcome: "failed",
  reason:
    "nothing was run: the connection to the database was lost while the step was claimed, or the start could not be written down on the runner's disk",
  precheck: [],
  proof: [],
  commands: [],
  output: { digest: digestOfText(""), lines: 0, bytes: 0, tail: [] },
  durationMs: 0,
};
