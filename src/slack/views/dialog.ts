import type { ModalView } from "@slack/types";
import type { Block } from "./blocks.ts";
import { cutText } from "./text.ts";

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

export interface TextInput {
  /** Block id, by which the submission finds it. */
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly isMultiline?: boolean;
  readonly minLength?: number;
  readonly maxLength: number;
}

/** A field for words. */
export function textInput({ id, label, hint, isMultiline, minLength, maxLength }: TextInput): Block {
  return {
    type: "input",
    block_id: id,
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

/** A field for the code of an authenticator app; blanks between the digits are fine. */
export function codeInput(id: string): Block {
  return textInput({
    id,
    label: "One-time code",
    hint: "Six digits of your authenticator app",
    minLength: 6,
    maxLength: 9,
  });
}
