import { modalIds } from "#src/slack/actions.ts";
import { askedText, reasonToAsk } from "#src/kong/finding.ts";
import type { Finding } from "#src/kong/finding.ts";
import { answerKinds } from "#src/upgrade/answers.ts";
import type { Answer, AnswerKind } from "#src/upgrade/answers.ts";
import { section } from "./blocks.ts";
import { dialog, inputBlocks, wordsInput } from "./dialog.ts";
import type { Dialog, DialogOptions } from "./dialog.ts";
import { severityText } from "./findings.ts";
import { escapeText } from "./text.ts";

/** A person says that a step did its work although nobody could prove it. */
export function countAsDoneModal(value: string): Dialog {
  return wordsDialog({
    callbackId: modalIds.countAsDone,
    title: "Count as done",
    submit: "Count as done",
    value,
    intro:
      "The next step begins as if this one had been proven. Say what you looked at; it is kept in the record with your name.",
    label: "What did you see?",
  });
}

/** A person lets an upgrade go on although somebody wrote configuration during the freeze. */
export function acceptDriftModal(value: string): Dialog {
  return wordsDialog({
    callbackId: modalIds.acceptDrift,
    title: "Go on with the change",
    submit: "Go on",
    value,
    intro:
      "What was written stays, and later looks compare with it. A backup from before does not hold it. Your reason is kept in the record with your name.",
    label: "Why may it go on?",
  });
}

/** A person lets a step start although nobody could look whether somebody wrote configuration. */
export function waiveLookModal(value: string): Dialog {
  return wordsDialog({
    callbackId: modalIds.waiveLook,
    title: "Go on without a look",
    submit: "Go on",
    value,
    intro:
      "This attempt of the step starts although nobody could see whether configuration was written. Look yourself first. Your reason is kept in the record with your name.",
    label: "Why may it go on?",
  });
}

/** Ends an upgrade, with the choice to leave a changed installation as it is. */
export function abortModal(value: string): Dialog {
  const view = wordsDialog({
    callbackId: modalIds.abort,
    title: "Abort the upgrade",
    submit: "Abort",
    value,
    intro:
      "An upgrade that has changed nothing is closed. One that has is rolled back instead, unless you leave it as it is.",
    label: "Why?",
  });
  return {
    ...view,
    blocks: [
      ...view.blocks,
      {
        type: "input",
        block_id: inputBlocks.leaveAsIs,
        optional: true,
        label: { type: "plain_text", text: "If steps have run" },
        element: {
          type: "checkboxes",
          action_id: "choice",
          options: [
            {
              value: "leave_as_is",
              text: { type: "plain_text", text: "Close it and leave the installation as it is now" },
              description: { type: "plain_text", text: "Nothing is undone; the record says so" },
            },
          ],
        },
      },
    ],
  };
}

/** Asks a person what no machine can decide; what was answered before is filled in. */
export function answerModal(value: string, question: Finding, before: Answer | undefined): Dialog {
  const { remedy, severity } = question;
  const options = answerKinds.map((kind) => ({
    value: kind,
    text: { type: "plain_text" as const, text: answerTexts[kind] },
  }));
  const chosen = options.find((option) => option.value === before?.answer);
  return dialog({
    callbackId: modalIds.answer,
    title: "Answer a question",
    submit: "Answer",
    value,
    blocks: [
      section(`*${escapeText(askedText(question), 400)}*\n${escapeText(reasonToAsk(question), 1_000)}`),
      section(`_If so_ (${severityText(severity)}): ${escapeText(remedy, 800)}`),
      {
        type: "input",
        block_id: inputBlocks.answer,
        label: { type: "plain_text", text: "Answer" },
        element: {
          type: "radio_buttons",
          action_id: "choice",
          options,
          ...(chosen === undefined ? {} : { initial_option: chosen }),
        },
      },
      wordsInput({
        label: "Note",
        hint: "Needed for “not applicable”: why. Your name, the answer and the note go into the record.",
        isOptional: true,
      }),
    ],
  });
}

const answerTexts = {
  yes: "Yes, it hits this installation",
  no: "No, it does not",
  not_applicable: "Not applicable: the question makes no sense here",
} as const satisfies Record<AnswerKind, string>;

/** A dialog that asks for words and nothing else. */
export interface WordsDialog extends Omit<DialogOptions, "blocks"> {
  readonly intro: string;
  readonly label: string;
}

export function wordsDialog({ intro, label, ...options }: WordsDialog): Dialog {
  return dialog({ ...options, blocks: [section(intro), wordsInput({ label })] });
}
