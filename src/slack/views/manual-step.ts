import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { StepProgress } from "#src/upgrade/state.ts";
import { actionIds, digestPrefix, encodeValue } from "#src/slack/actions.ts";
import { actions, button, context, section, sections } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { requesterName } from "./names.ts";
import { classText, placeOf } from "./step-text.ts";
import { dateToken, escapeLines, escapeText, plainText } from "./text.ts";

/** A step that a person does or decides. */
export interface ManualStep {
  readonly upgradeId: UpgradeId;
  readonly plan: Plan;
  readonly step: Step;
  readonly instruction: string;
  readonly button: string;
  readonly progress: Exclude<StepProgress, { kind: "waiting" }>;
  /** Its turn has come, nothing is missing and nothing is paused. */
  readonly isWaiting: boolean;
  /** What stands before the confirmation, as ready mrkdwn: questions without an answer, answers that found something. */
  readonly remarks: readonly string[];
}

/** What to do by hand, and the button that says it is done. */
export function manualStepPrompt(manual: ManualStep): Content {
  const { upgradeId, plan, step, instruction, progress, isWaiting } = manual;
  const headline = `🙋 *By hand: ${escapeText(step.title, 150)}* · ${classText(step.class)}`;
  const state =
    progress.kind === "done"
      ? `☑️ Confirmed${progress.by === undefined ? "" : ` by ${requesterName(progress.by)}`}, ${dateToken(progress.finishedAt)}`
      : isWaiting
        ? "Waiting for an operator to do it and press the button."
        : "Not waiting for a confirmation now; the card says what comes first.";
  const value = encodeValue({
    upgradeId,
    plan: digestPrefix(plan.digest),
    step: { id: step.id, attempt: progress.attempt },
  });
  return {
    text: `${upgradeId}, by hand: ${escapeText(step.title, 150)}. ${escapeLines(instruction, 2_500)}\n${[...manual.remarks, state].join("\n")}`,
    blocks: [
      section(`${headline}\n${escapeText(step.why, 600)}`),
      ...sections(escapeLines(instruction, 12_000)),
      ...sections([...manual.remarks, state].join("\n")),
      context(`${upgradeId} · ${placeOf(plan, step)} · way back: ${escapeText(step.wayBack, 300)}`),
      ...(isWaiting
        ? [
            actions(
              button({
                actionId: actionIds.confirmManual,
                text: manual.button,
                style: "primary",
                label: `${manual.button}: ${step.title}`,
                value,
                confirm: {
                  title: `${plainText(manual.button, 60)}?`,
                  text: `Your name goes into the record for “${plainText(step.title, 120)}”.`,
                  yes: "Yes, it is done",
                },
              }),
              button({
                actionId: actionIds.showEverything,
                text: "Show everything",
                label: `Show everything of ${step.title}`,
                value,
              }),
            ),
          ]
        : []),
    ],
  };
}
