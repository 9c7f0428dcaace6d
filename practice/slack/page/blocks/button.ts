import { h } from "preact";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { fieldsAt, textAt } from "#practice/slack/page/json.ts";
import { PlainText } from "#practice/slack/page/mrkdwn/mrkdwn.ts";
import { usePress } from "./surface.ts";
import type { Placed, Press } from "./surface.ts";

/** A button; while the app has not acknowledged the click it is busy, as in Slack. */
export function Button({ element, blockId }: Placed): Markup {
  const [state, press] = usePress({ element, blockId });
  const url = textAt(element, "url");
  const label = textAt(element, "accessibility_label");
  const click = (): void => {
    if (url !== "") window.open(url, "_blank", "noopener,noreferrer");
    void press({ value: textAt(element, "value") });
  };
  return html`<button
      type="button"
      class=${`button ${textAt(element, "style")}`}
      data-action-id=${textAt(element, "action_id")}
      data-block-id=${blockId}
      aria-label=${label === "" ? undefined : label}
      aria-busy=${state.kind === "busy"}
      onClick=${click}
    >
      ${h(PlainText, { text: textAt(fieldsAt(element, "text"), "text") })}${url === "" ? null : html`<span aria-hidden="true"> ↗</span>`}
    </button>
    ${h(PressProblem, { state })}`;
}

/** The small warning that Slack puts beside an element whose click the app did not acknowledge. */
export function PressProblem({ state }: { readonly state: Press }): Markup {
  if (state.kind !== "refused") return null;
  return html`<span class="press-problem" role="alert" title=${state.problem}>⚠ ${state.problem}</span>`;
}
