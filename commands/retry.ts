import { no, ok } from "#src/kernel/result.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { act, notActive, targetArgument } from "./act.ts";
import { warnOfNewAttempt } from "./approvers.ts";
import type { Command } from "./command.ts";
import { joinWarnings, warnWithoutRunner } from "./without-runner.ts";

export const retry: Command = {
  word: "retry",
  summary: "run the failed step once more, or ask again for an approval that ended without a yes",
  details: [
    "A step with a gate needs a new approval: the old one was used up or has ended. Whoever has it tried again cannot approve it, unless the request had only run out of time.",
  ],
  example: "retry practice",
  positionals: [targetArgument],
  options: [],
  atTerminal: false,
  run: (call) =>
    act(call, {
      intentFor: (upgrade) => {
        const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
        if (current === undefined || current.progress.kind === "waiting") return no(notActive(upgrade));
        return ok({ intent: "retry", stepId: current.step.id, attempt: current.progress.attempt, by: call.by });
      },
      done: "at a new attempt of its step",
      warn: async (upgrade) =>
        joinWarnings(await warnOfNewAttempt(call, upgrade), await warnWithoutRunner(call, upgrade.request.environment)),
    }),
};
