import { no, ok } from "#src/kernel/result.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import { act, notActive, reasonOption, targetArgument } from "./act.ts";
import type { Command } from "./command.ts";

export const cancel: Command = {
  word: "cancel",
  summary: "end the step that runs now, where its kind allows it",
  details: [
    "Steps that look, wait or write backup files can be cancelled, and commands of the site that declare it. Migrations, restores and the like cannot: half of them is worse than all of them.",
    "The runner ends all processes of the step; its result says what may have been left behind. `pause` stops before the next step instead, and harms nothing.",
  ],
  example: 'cancel practice --reason "wrong backup folder"',
  positionals: [targetArgument],
  options: [{ ...reasonOption, isRequired: true }],
  atTerminal: true,
  run: (call) =>
    act(call, {
      intentFor: (upgrade) => {
        if (upgrade.status !== "active") return no(notActive(upgrade));
        const current = currentStep(upgrade);
        if (current?.progress.kind !== "running") return no(nothingRuns(upgrade.id));
        const reason = call.arguments.options.get("reason") ?? "";
        const { step, progress } = current;
        return ok({ intent: "cancel_step", stepId: step.id, attempt: progress.attempt, reason, by: call.by });
      },
      done: "having its running step cancelled",
    }),
};

function nothingRuns(id: string): ReturnType<typeof refuse> {
  return refuse(
    "not_now",
    `No step of ${id} runs now, so there is nothing to cancel.`,
    "`/kong-upgrade pause` stops before the next step; `/kong-upgrade status` shows where it is.",
  );
}
