import { h } from "preact";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { type Fields, fieldsAt, flagAt, textAt, textsAt } from "#practice/slack/page/json.ts";
import { PlainText } from "#practice/slack/page/mrkdwn/mrkdwn.ts";
import { Control, initialValue } from "./control.ts";
import { usePress, useSurface } from "./surface.ts";

/** An input block: label, control, hint, and the error of the last submission. */
export function InputBlock({ block }: { readonly block: Fields }): Markup {
  const surface = useSurface();
  const element = fieldsAt(block, "element");
  const blockId = textAt(block, "block_id");
  const actionId = textAt(element, "action_id");
  const [, press] = usePress({ element, blockId });
  const value = fieldsAt(surface?.form.values ?? {}, blockId)[actionId] ?? initialValue(element);
  const dispatches = flagAt(block, "dispatch_action");
  const isText = textAt(element, "type").endsWith("_input");
  const change = (next: unknown): void => {
    surface?.form.set(blockId, actionId, next);
    if (dispatches && !isText) void press({ selected: next });
  };
  const label = textAt(fieldsAt(block, "label"), "text");
  const hint = textAt(fieldsAt(block, "hint"), "text");
  const error = textAt(surface?.form.errors ?? {}, blockId);
  const sendOnEnter = (event: KeyboardEvent): void => {
    if (!dispatches || !isText || event.key !== "Enter" || event.shiftKey) return;
    if (!mayDispatchOnEnter(element)) return;
    event.preventDefault();
    void press({ value: typeof value === "string" ? value : "" });
  };
  return html`<div
    class=${error === "" ? "block-input" : "block-input wrong"}
    data-block-id=${blockId}
    onKeyDown=${sendOnEnter}
  >
    <div class="input-label">
      ${h(PlainText, { text: label })}${flagAt(block, "optional") ? html` <small>(optional)</small>` : null}
    </div>
    ${h(Control, { element, blockId, value, label, onChange: change })}
    ${error === "" ? null : html`<div class="input-error" role="alert">${error}</div>`}
    ${hint === "" ? null : html`<div class="input-hint">${h(PlainText, { text: hint })}</div>`}
  </div>`;
}

function mayDispatchOnEnter(element: Fields): boolean {
  const triggers = textsAt(fieldsAt(element, "dispatch_action_config"), "trigger_actions_on");
  return triggers.length === 0 || triggers.includes("on_enter_pressed");
}
