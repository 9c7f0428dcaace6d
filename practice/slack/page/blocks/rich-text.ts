import { h } from "preact";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { type Fields, fieldsAt, flagAt, listAt, numberAt, textAt } from "#practice/slack/page/json.ts";
import {
  ChannelMention,
  DateText,
  GroupMention,
  RangeMention,
  UserMention,
} from "#practice/slack/page/mrkdwn/mention.ts";
import { drawEmoji, drawLink } from "#practice/slack/page/mrkdwn/mrkdwn.ts";

/** Draws a rich_text block: sections, lists, quotations and preformatted text. */
export function RichText({ block }: { readonly block: Fields }): Markup {
  return html`<div class="rich-text">${listAt(block, "elements").map((part) => drawPart(part))}</div>`;
}

function drawPart(part: Fields): Markup {
  const elements = listAt(part, "elements");
  switch (textAt(part, "type")) {
    case "rich_text_list":
      return drawList(part, elements);
    case "rich_text_preformatted":
      return html`<pre class="pre">${elements.map((element) => drawElement(element))}</pre>`;
    case "rich_text_quote":
      return html`<blockquote class="quote">${elements.map((element) => drawElement(element))}</blockquote>`;
    default:
      return html`<div class="paragraph">${elements.map((element) => drawElement(element))}</div>`;
  }
}

function drawList(part: Fields, items: readonly Fields[]): Markup {
  const drawn = items.map((item) => html`<li>${listAt(item, "elements").map((element) => drawElement(element))}</li>`);
  const indent = `indent-${Math.min(numberAt(part, "indent"), 6)}`;
  if (textAt(part, "style") !== "ordered")
    return html`<ul class=${indent}>
      ${drawn}
    </ul>`;
  return html`<ol class=${indent} start=${numberAt(part, "offset") + 1}>
    ${drawn}
  </ol>`;
}

function drawElement(element: Fields): Markup {
  switch (textAt(element, "type")) {
    case "text":
      return styled(textAt(element, "text"), fieldsAt(element, "style"));
    case "link":
      return styled(
        drawLink(textAt(element, "url"), textAt(element, "text") || textAt(element, "url")),
        fieldsAt(element, "style"),
      );
    case "emoji":
      return drawEmoji(textAt(element, "name"));
    case "user":
      return h(UserMention, { id: textAt(element, "user_id") });
    case "usergroup":
      return h(GroupMention, { id: textAt(element, "usergroup_id"), label: "" });
    case "channel":
      return h(ChannelMention, { id: textAt(element, "channel_id"), label: "" });
    case "broadcast":
      return h(RangeMention, { range: textAt(element, "range") });
    case "date":
      return h(DateText, {
        seconds: numberAt(element, "timestamp"),
        format: textAt(element, "format"),
        link: textAt(element, "url"),
        fallback: textAt(element, "fallback"),
      });
    case "color":
      return html`<code class="code">${textAt(element, "value")}</code>`;
    default:
      return html`<em class="unknown">${textAt(element, "type")}</em>`;
  }
}

/** Puts the style flags of a rich text element around it; line breaks in the text are kept by the style sheet. */
function styled(content: Markup, style: Fields): Markup {
  let drawn = content;
  if (flagAt(style, "code")) drawn = html`<code class="code">${drawn}</code>`;
  if (flagAt(style, "strike")) drawn = html`<s>${drawn}</s>`;
  if (flagAt(style, "underline")) drawn = html`<u>${drawn}</u>`;
  if (flagAt(style, "italic")) drawn = html`<em>${drawn}</em>`;
  if (flagAt(style, "bold")) drawn = html`<strong>${drawn}</strong>`;
  return drawn;
}
