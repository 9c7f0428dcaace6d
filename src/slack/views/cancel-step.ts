import type { Button } from "@slack/types";
import { cancellingOf } from "#src/plan/cancelling.ts";
import type { Step } from "#src/plan/step.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Active } from "#src/upgrade/state.ts";
import { actionIds, digestPrefix, encodeValue, modalIds } from "#src/slack/actions.ts";
import { button } from "./blocks.ts";
import type { Dialog } from "./dialog.ts";
import { wordsDialog } from "./modals.ts";
import { escapeText, plainText } from "./text.ts";

/** Nothing while no step runs, where its kind cannot be cancelled, and once somebody asked for it. */
export function cancelStepButtons(upgrade: Active): readonly Button[] {
  const current = currentStep(upgrade);
  if (current?.progress.kind !== "running" || current.progress.cancel !== undefined) return [];
  const { step, progress } = current;
  if (cancellingOf(step, upgrade.request.environment.hooks).kind === "impossible") return [];
  const { plan } = currentTrack(upgrade);
  return [
    button({
      actionId: actionIds.cancelStep,
      text: "Cancel step…",
      label: `Cancel the running step ${plainText(step.title, 50)}`,
      value: encodeValue({
        upgradeId: upgrade.id,
        plan: digestPrefix(plan.digest),
        step: { id: step.id, attempt: progress.attempt },
      }),
    }),
  ];
}

/** Says what may be left behind before anybody decides. */
export function cancelStepModal(value: string, step: Pick<Step, "title">, leaves: string): Dialog {
  return wordsDialog({
    callbackId: modalIds.cancelStep,
    title: "Cancel the step",
    submit: "Cancel step",
    value,
    intro: `*${escapeText(step.title, 150)}* runs now. The runner ends all its processes, and somebody chooses afterwards how to go on. ${escapeText(leaves, 500)}`,
    label: "Why?",
  });
}
