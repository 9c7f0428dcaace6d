import { h } from "preact";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { type Fields, asFields, fieldsAt, listAt, numberAt, textAt, textsAt } from "#practice/slack/page/json.ts";
import { PressProblem } from "./button.ts";
import { MultiSelect, Overflow, Select, Ticks } from "./choice.ts";
import type { ControlProps } from "./control-props.ts";
import { MomentField, TextField } from "./field.ts";
import { usePress, useSurface } from "./surface.ts";
import type { Placed } from "./surface.ts";
import { useState } from "preact/hooks";

/** A control in an actions or section block: every change goes to the app at once. */
export function LiveControl({ element, blockId }: Placed): Markup {
  const [state, press] = usePress({ element, blockId });
  const surface = useSurface();
  const [value, setValue] = useState(initialValue(element));
  const change = (next: unknown): void => {
    setValue(next);
    surface?.form.set(blockId, textAt(element, "action_id"), next);
    void press({ selected: next });
  };
  const label =
    textAt(element, "accessibility_label") ||
    textAt(fieldsAt(element, "placeholder"), "text") ||
    textAt(element, "action_id");
  return html`<span class="control" aria-busy=${state.kind === "busy"}>
    ${h(Control, { element, blockId, value, label, onChange: change })}${h(PressProblem, { state })}
  </span>`;
}

const controls: Readonly<Record<string, (props: ControlProps) => Markup>> = {
  static_select: Select,
  external_select: Select,
  users_select: Select,
  conversations_select: Select,
  channels_select: Select,
  multi_static_select: MultiSelect,
  multi_external_select: MultiSelect,
  multi_users_select: MultiSelect,
  multi_conversations_select: MultiSelect,
  multi_channels_select: MultiSelect,
  checkboxes: Ticks,
  radio_buttons: Ticks,
  overflow: Overflow,
  datetimepicker: MomentField,
  plain_text_input: TextField,
  rich_text_input: TextField,
  number_input: TextField,
  email_text_input: TextField,
  url_text_input: TextField,
  datepicker: TextField,
  timepicker: TextField,
};

/** Draws the control of an element with the value that it holds. */
export function Control(props: ControlProps): Markup {
  const type = textAt(props.element, "type");
  const control = Object.hasOwn(controls, type) ? controls[type] : undefined;
  if (control !== undefined) return h(control, props);
  return html`<em class="unknown">This page cannot draw the element “${type}”.</em>`;
}

/** The value that an element starts with, in the form that the workspace takes it back. */
export function initialValue(element: Fields): unknown {
  const type = textAt(element, "type");
  if (type === "checkboxes" || type.startsWith("multi_")) {
    const ids = ["initial_users", "initial_conversations", "initial_channels"].flatMap((key) => textsAt(element, key));
    return [...listAt(element, "initial_options").map((option) => textAt(option, "value")), ...ids];
  }
  if (type === "external_select") return element["initial_option"] ?? "";
  if (type === "datetimepicker") return numberAt(element, "initial_date_time") || null;
  const option = textAt(asFields(element["initial_option"]), "value");
  const keys = [
    "initial_value",
    "initial_date",
    "initial_time",
    "initial_user",
    "initial_conversation",
    "initial_channel",
  ];
  return option || (keys.map((key) => textAt(element, key)).find((text) => text !== "") ?? "");
}
