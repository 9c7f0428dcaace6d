import { useState } from "preact/hooks";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { type Fields, asFields, fieldsAt, listAt, textAt } from "#practice/slack/page/json.ts";
import { useViewer } from "#practice/slack/page/viewer.ts";
import { act } from "#practice/slack/page/workspace-api.ts";
import { valueOf } from "./control-props.ts";
import type { ControlProps } from "./control-props.ts";
import { useSurface } from "./surface.ts";

/** Asks the app for options while the person types (block_suggestion); the value is the whole option chosen. */
export function ExternalSelect({ element, blockId, value, label, onChange }: ControlProps): Markup {
  const { me, tell } = useViewer();
  const surface = useSurface();
  const [options, setOptions] = useState<readonly Fields[]>([]);
  const [shown, setShown] = useState(labelOf(asFields(value)));
  const actionId = textAt(element, "action_id");
  const listId = `options-${blockId}-${actionId}`;
  const search = async (typed: string): Promise<void> => {
    const where =
      surface?.kind === "message" ? { channel: surface.channel, ts: surface.ts } : { view_id: surface?.viewId };
    const { answer, problem } = await act("options", { user: me.id, ...where, action_id: actionId, value: typed });
    if (problem !== "") tell(problem);
    const groups = listAt(asFields(answer), "option_groups").flatMap((group) => listAt(group, "options"));
    setOptions([...listAt(asFields(answer), "options"), ...groups]);
  };
  const typed = (text: string): void => {
    setShown(text);
    const chosen = options.find((option) => labelOf(option) === text);
    if (chosen === undefined) void search(text);
    else onChange(chosen);
  };
  return html`<input
      class="text-input"
      list=${listId}
      data-action-id=${actionId}
      aria-label=${label}
      placeholder=${textAt(fieldsAt(element, "placeholder"), "text") || "Type to search…"}
      value=${shown}
      onInput=${(event: Event) => typed(valueOf(event))}
    /><datalist id=${listId}>${options.map((option) => html`<option value=${labelOf(option)}></option>`)}</datalist>`;
}

function labelOf(option: Fields): string {
  return textAt(fieldsAt(option, "text"), "text");
}
