import type { ModalView } from "@slack/types";
import type { Block } from "./blocks.ts";
import { cutText, plainText } from "./text.ts";

/** Where the inputs of every dialog are found in its submission. */
export const inputBlocks = {
  words: "words",
  leaveAsIs: "leave_as_is",
  answer: "answer",
  incident: "incident",
  environment: "environment",
  code: "code",
} as const;

/** Slack allows 3,000 characters in an input; the record keeps less. */
const maxWords = 1_000;

/** A dialog that Slack opens over everything else. */
export type Dialog = ModalView;

export interface DialogOptions {
  readonly callbackId: string;
  readonly title: string;
  readonly submit: string;
  /** Private metadata: opaque ids only. */
  readonly value: string;
  readonly blocks: readonly Block[];
}

/** Slack allows 24 characters in the title and on the button of a modal. */
const maxLabel = 24;

export function dialog({ callbackId, title, submit, value, blocks }: DialogOptions): Dialog {
  return {
    type: "modal",
    callback_id: callbackId,
    title: { type: "plain_text", text: cutText(title, maxLabel, "…") },
    submit: { type: "plain_text", text: cutText(submit, maxLabel, "…") },
    close: { type: "plain_text", text: "Cancel" },
    private_metadata: value,
    blocks: [...blocks],
  };
}

interface TextInput {
  /** Block id, by which the submission finds it. */
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly isMultiline?: boolean;
  readonly isOptional?: boolean;
  readonly minLength?: number;
  readonly maxLength: number;
}

/** A field for words. */
export function textInput({ id, label, hint, isMultiline, isOptional, minLength, maxLength }: TextInput): Block {
  return {
    type: "input",
    block_id: id,
    ...(isOptional === true ? { optional: true } : {}),
    label: { type: "plain_text", text: label },
    ...(hint === undefined ? {} : { hint: { type: "plain_text", text: hint } }),
    element: {
      type: "plain_text_input",
      action_id: "text",
      multiline: isMultiline === true,
      ...(minLength === undefined ? {} : { min_length: minLength }),
      max_length: maxLength,
    },
  };
}

/** A field for a reason or a note of some sentences; at least a few words unless it may stay empty. */
export function wordsInput({ label, hint, isOptional }: Pick<TextInput, "label" | "hint" | "isOptional">): Block {
  return textInput({
    id: inputBlocks.words,
    label,
    ...(hint === undefined ? {} : { hint }),
    isMultiline: true,
    ...(isOptional === true ? { isOptional } : { minLength: 3 }),
    maxLength: maxWords,
  });
}

/** Typing the name proves that somebody knows where they are. */
export function environmentInput(environment: string): Block {
  return textInput({
    id: inputBlocks.environment,
    label: "Name of the environment",
    hint: `Type it exactly: ${plainText(environment, 100)}`,
    maxLength: 200,
  });
}

/** A field for the code of an authenticator app; blanks between the digits are fine. */
export function codeInput(): Block {
  return textInput({
    id: inputBlocks.code,
    label: "One-time code",
    hint: "The six digits that your authenticator app shows now. Each code counts once.",
    maxLength: 20,
  });
}
