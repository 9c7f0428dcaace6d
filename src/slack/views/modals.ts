import type { ModalView } from "@slack/types";
import { modalIds } from "#src/slack/actions.ts";
import { askedText, reasonToAsk } from "#src/kong/finding.ts";
import type { Finding } from "#src/kong/finding.ts";
import { answerKinds } from "#src/upgrade/answers.ts";
import type { Answer, AnswerKind } from "#src/upgrade/answers.ts";
import { section } from "./blocks.ts";
import { severityText } from "./findings.ts";
import { cutText, escapeText } from "./text.ts";

/** Where the words of a modal are found in its submission. */
export const inputBlocks = {
  words: "words",
  leaveAsIs: "leave_as_is",
  answer: "answer",
  environment: "environment",
  code: "code",
} as const;

/** Slack allows 3,000 characters in an input; the record keeps less. */
export const maxReason = 1_000;

/** A person says that a step did its work although nobody could prove it. */
export function countAsDoneModal(value: string): ModalView {
  return modal({
    callbackId: modalIds.countAsDone,
    title: "Count as done",
    submit: "Count as done",
    value,
    intro:
      "The next step begins as if this one had been proven. Say what you looked at; it is kept in the record with your name.",
    label: "What did you see?",
  });
}

/** Ends an upgrade, with the choice to leave a changed installation as it is. */
export function abortModal(value: string): ModalView {
  const view = modal({
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
export function answerModal(value: string, question: Finding, before: Answer | undefined): ModalView {
  const { remedy, severity } = question;
  const options = answerKinds.map((kind) => ({
    value: kind,
    text: { type: "plain_text" as const, text: answerTexts[kind] },
  }));
  const chosen = options.find((option) => option.value === before?.answer);
  return {
    type: "modal",
    callback_id: modalIds.answer,
    title: { type: "plain_text", text: "Answer a question" },
    submit: { type: "plain_text", text: "Answer" },
    close: { type: "plain_text", text: "Cancel" },
    private_metadata: value,
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
      {
        type: "input",
        block_id: inputBlocks.words,
        optional: true,
        label: { type: "plain_text", text: "Note" },
        hint: {
          type: "plain_text",
          text: "Needed for “not applicable”: why. Your name, the answer and the note go into the record.",
        },
        element: { type: "plain_text_input", action_id: "text", multiline: true, max_length: maxReason },
      },
    ],
  };
}

const answerTexts = {
  yes: "Yes, it hits this installation",
  no: "No, it does not",
  not_applicable: "Not applicable: the question makes no sense here",
} as const satisfies Record<AnswerKind, string>;

/** A dialog that asks for words. */
export interface ModalOptions {
  readonly callbackId: string;
  readonly title: string;
  readonly submit: string;
  readonly value: string;
  readonly intro: string;
  readonly label: string;
}

export function modal({ callbackId, title, submit, value, intro, label }: ModalOptions): ModalView {
  return {
    type: "modal",
    callback_id: callbackId,
    title: { type: "plain_text", text: cutText(title, 24, "…") },
    submit: { type: "plain_text", text: cutText(submit, 24, "…") },
    close: { type: "plain_text", text: "Cancel" },
    private_metadata: value,
    blocks: [
      section(intro),
      {
        type: "input",
        block_id: inputBlocks.words,
        label: { type: "plain_text", text: label },
        element: {
          type: "plain_text_input",
          action_id: "text",
          multiline: true,
          min_length: 3,
          max_length: maxReason,
        },
      },
    ],
  };
}
