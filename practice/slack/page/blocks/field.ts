import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { fieldsAt, flagAt, numberAt, textAt } from "#practice/slack/page/json.ts";
import { secondsInZone, wallTime } from "#practice/slack/page/mrkdwn/date-token.ts";
import { useViewer } from "#practice/slack/page/viewer.ts";
import { valueOf } from "./control-props.ts";
import type { ControlProps } from "./control-props.ts";

const inputTypes: Readonly<Record<string, string>> = {
  number_input: "number",
  email_text_input: "email",
  url_text_input: "url",
  datepicker: "date",
  timepicker: "time",
};

/** A field for text, a number, an address, a day or a time of day. */
export function TextField({ element, value, label, onChange }: ControlProps): Markup {
  const type = textAt(element, "type");
  const text = typeof value === "string" ? value : "";
  const shared = {
    "data-action-id": textAt(element, "action_id"),
    "aria-label": label,
    placeholder: textAt(fieldsAt(element, "placeholder"), "text"),
    value: text,
    autofocus: flagAt(element, "focus_on_load"),
  };
  const maximum = numberAt(element, "max_length");
  if (flagAt(element, "multiline") || type === "rich_text_input") {
    return html`<textarea
      class="text-input"
      rows="4"
      ...${shared}
      maxlength=${maximum || undefined}
      onInput=${(event: Event) => onChange(valueOf(event))}
    ></textarea>`;
  }
  const report = (event: Event): void => onChange(valueOf(event));
  const isPicker = type === "datepicker" || type === "timepicker";
  return html`<input
    class="text-input"
    type=${inputTypes[type] ?? "text"}
    step=${flagAt(element, "is_decimal_allowed") ? "any" : undefined}
    maxlength=${maximum || undefined}
    ...${shared}
    onInput=${isPicker ? undefined : report}
    onChange=${isPicker ? report : undefined}
  />`;
}

/** A moment, typed as the wall clock of the acting person's zone; the value is seconds since 1970. */
export function MomentField({ element, value, label, onChange }: ControlProps): Markup {
  const { me } = useViewer();
  const changed = (event: Event): void => {
    const wall = valueOf(event);
    onChange(wall === "" ? null : secondsInZone(wall, me.zone));
  };
  return html`<label class="moment">
    <input
      class="text-input"
      type="datetime-local"
      data-action-id=${textAt(element, "action_id")}
      aria-label=${label}
      value=${typeof value === "number" ? wallTime(value, me.zone) : ""}
      onChange=${changed}
    />
    <small>${me.zone}</small>
  </label>`;
}
