import type { Fields } from "#practice/slack/page/json.ts";

/** A control that holds a value: what it shows and what it does when the person changes it. */
export type ControlProps = {
  readonly element: Fields;
  readonly blockId: string;
  readonly value: unknown;
  readonly label: string;
  readonly onChange: (value: unknown) => void;
};

/** What is in a form field when the event fires. */
export function valueOf(event: Event): string {
  const field = event.currentTarget;
  const holdsText =
    field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement;
  return holdsText ? field.value : "";
}
