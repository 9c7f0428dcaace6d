import { h } from "preact";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { type Fields, flagAt, textAt } from "#practice/slack/page/json.ts";
import { Mrkdwn, PlainText } from "#practice/slack/page/mrkdwn/mrkdwn.ts";

/** Draws a text object (plain_text or mrkdwn). */
export function TextObject({ text }: { readonly text: Fields }): Markup {
  if (textAt(text, "type") === "mrkdwn") {
    return html`<div class="mrkdwn">
      ${h(Mrkdwn, { text: textAt(text, "text"), verbatim: flagAt(text, "verbatim") })}
    </div>`;
  }
  return h(PlainText, { text: textAt(text, "text"), emoji: text["emoji"] !== false });
}
