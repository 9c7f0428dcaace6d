import { h } from "preact";
import { useState } from "preact/hooks";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { type Fields, asTextList, fieldsAt, listAt, textAt } from "#practice/slack/page/json.ts";
import { useViewer } from "#practice/slack/page/viewer.ts";
import type { Workspace } from "#practice/slack/page/model.ts";
import { valueOf } from "./control-props.ts";
import type { ControlProps } from "./control-props.ts";
import { ExternalSelect } from "./external-select.ts";
import { TextObject } from "./text.ts";

type Option = { readonly value: string; readonly label: string };

/** Every kind of single select; options come from the element, the workspace or the app. */
export function Select(props: ControlProps): Markup {
  const { workspace } = useViewer();
  const { element, label, value, onChange } = props;
  const type = textAt(element, "type");
  if (type === "external_select") return h(ExternalSelect, props);
  const groups = listAt(element, "option_groups");
  return html`<select
    class="select"
    data-action-id=${textAt(element, "action_id")}
    aria-label=${label}
    value=${typeof value === "string" ? value : ""}
    onChange=${(event: Event) => onChange(valueOf(event))}
  >
    <option value="" disabled=${typeof value === "string" && value !== ""}>
      ${textAt(fieldsAt(element, "placeholder"), "text") || "Choose…"}
    </option>
    ${optionsFor(type, element, workspace).map(drawOption)}
    ${groups.map(
      (group) =>
        html`<optgroup label=${textAt(fieldsAt(group, "label"), "text")}>
          ${readOptions(listAt(group, "options")).map(drawOption)}
        </optgroup>`,
    )}
  </select>`;
}

function drawOption({ value, label }: Option): Markup {
  return html`<option value=${value}>${label}</option>`;
}

function readOptions(options: readonly Fields[]): readonly Option[] {
  return options.map((option) => ({ value: textAt(option, "value"), label: textAt(fieldsAt(option, "text"), "text") }));
}

/** The choices of a select whose options do not come from the app while typing. */
function optionsFor(type: string, element: Fields, workspace: Workspace): readonly Option[] {
  if (type.includes("users")) {
    return workspace.people.map(({ id, name, realName }) => ({ value: id, label: `${name} (${realName})` }));
  }
  if (type.includes("conversations") || type.includes("channels")) {
    return workspace.channels.filter((it) => !it.isDirect).map(({ id, name }) => ({ value: id, label: `#${name}` }));
  }
  return readOptions(listAt(element, "options"));
}

/** A multi-select as a list of boxes to tick, folded until it is wanted. */
export function MultiSelect({ element, value, label, onChange }: ControlProps): Markup {
  const { workspace } = useViewer();
  const chosen = asTextList(value);
  const grouped = listAt(element, "option_groups").flatMap((group) => readOptions(listAt(group, "options")));
  const options = [...optionsFor(textAt(element, "type"), element, workspace), ...grouped];
  const names = options.filter((option) => chosen.includes(option.value)).map((option) => option.label);
  const toggle = (option: string): void =>
    onChange(chosen.includes(option) ? chosen.filter((it) => it !== option) : [...chosen, option]);
  return html`<details class="multi" data-action-id=${textAt(element, "action_id")}>
    <summary aria-label=${label}>
      ${names.join(", ") || textAt(fieldsAt(element, "placeholder"), "text") || "Choose…"}
    </summary>
    ${options.map(
      (option) =>
        html`<label class="tick">
          <input type="checkbox" checked=${chosen.includes(option.value)} onChange=${() => toggle(option.value)} />
          ${option.label}
        </label>`,
    )}
  </details>`;
}

/** Checkboxes and radio buttons; the value is a list of option values for the first, one for the second. */
export function Ticks({ element, blockId, value, label, onChange }: ControlProps): Markup {
  const isRadio = textAt(element, "type") === "radio_buttons";
  const actionId = textAt(element, "action_id");
  const chosen = typeof value === "string" ? [value] : asTextList(value);
  const pick = (option: string): void => {
    if (isRadio) onChange(option);
    else onChange(chosen.includes(option) ? chosen.filter((it) => it !== option) : [...chosen, option]);
  };
  return html`<div
    class="ticks"
    role=${isRadio ? "radiogroup" : "group"}
    aria-label=${label}
    data-action-id=${actionId}
  >
    ${listAt(element, "options").map((option) => {
      const optionValue = textAt(option, "value");
      const description = fieldsAt(option, "description");
      return html`<label class="tick">
        <input
          type=${isRadio ? "radio" : "checkbox"}
          name=${isRadio ? `${blockId}-${actionId}` : undefined}
          value=${optionValue}
          checked=${chosen.includes(optionValue)}
          onChange=${() => pick(optionValue)}
        />
        <span>
          ${h(TextObject, { text: fieldsAt(option, "text") })}
          ${textAt(description, "text") === "" ? null : html`<small>${h(TextObject, { text: description })}</small>`}
        </span>
      </label>`;
    })}
  </div>`;
}

/** The `⋯` menu. */
export function Overflow({ element, label, onChange }: ControlProps): Markup {
  const [open, setOpen] = useState(false);
  const pick = (option: Fields): void => {
    setOpen(false);
    const url = textAt(option, "url");
    if (url !== "") window.open(url, "_blank", "noopener,noreferrer");
    onChange(textAt(option, "value"));
  };
  return html`<span class="overflow" onKeyDown=${(event: KeyboardEvent) => event.key === "Escape" && setOpen(false)}>
    <button
      type="button"
      class="button"
      data-action-id=${textAt(element, "action_id")}
      aria-label=${label || "More actions"}
      aria-haspopup="menu"
      aria-expanded=${open}
      onClick=${() => setOpen(!open)}
    >
      ⋯
    </button>
    ${
      open
        ? html`<span class="menu" role="menu">
            ${listAt(element, "options").map(
              (option) =>
                html`<button
                  type="button"
                  role="menuitem"
                  data-value=${textAt(option, "value")}
                  onClick=${() => pick(option)}
                >
                  ${h(TextObject, { text: fieldsAt(option, "text") })}
                </button>`,
            )}
          </span>`
        : null
    }
  </span>`;
}
