import { h } from "preact";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { emojiGlyph } from "./emoji.ts";
import { unescapeText } from "./entity.ts";
import { ChannelMention, DateText, GroupMention, RangeMention, UserMention } from "./mention.ts";
import { parseMrkdwn } from "./parse.ts";
import type { Inline } from "./syntax.ts";

/** Draws mrkdwn by Slack's rules; everything that would notify somebody is marked as such. */
export function Mrkdwn({ text, verbatim = false }: { readonly text: string; readonly verbatim?: boolean }): Markup {
  return parseMrkdwn(text, verbatim).map(({ kind, children }) => {
    if (kind === "pre") return html`<pre class="pre">${drawInlines(children)}</pre>`;
    if (kind === "quote") return html`<blockquote class="quote">${drawInlines(children)}</blockquote>`;
    return html`<div class="paragraph">${drawInlines(children)}</div>`;
  });
}

/** Draws plain text: no marks and no entities, only emoji names (unless switched off) and line breaks. */
export function PlainText({ text, emoji = true }: { readonly text: string; readonly emoji?: boolean }): Markup {
  const pieces = emoji ? unescapeText(text).split(/(:[a-z0-9_+'-]+:)/) : [unescapeText(text)];
  return html`<span class="plain"
    >${pieces.map((piece, index) => (index % 2 === 1 ? drawEmoji(piece.slice(1, -1)) : piece))}</span
  >`;
}

/** Draws an emoji by its short name; an unknown name is shown as typed. */
export function drawEmoji(name: string): Markup {
  const glyph = emojiGlyph(name);
  if (glyph === undefined) return `:${name}:`;
  return html`<span class="emoji" role="img" aria-label=${name.replaceAll("_", " ")} title=":${name}:">${glyph}</span>`;
}

/** Draws a link; where the label hides the target, the target is shown when pointed at. */
export function drawLink(url: string, label: Markup): Markup {
  return html`<a href=${url} target="_blank" rel="noopener noreferrer" title=${url}>${label}</a>`;
}

function drawInlines(inlines: readonly Inline[]): Markup {
  return inlines.map((inline) => drawInline(inline));
}

function drawInline(inline: Inline): Markup {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "break":
      return html`<br />`;
    case "bold":
      return html`<strong>${drawInlines(inline.children)}</strong>`;
    case "italic":
      return html`<em>${drawInlines(inline.children)}</em>`;
    case "strike":
      return html`<s>${drawInlines(inline.children)}</s>`;
    case "code":
      return html`<code class="code">${drawInlines(inline.children)}</code>`;
    case "link":
      return drawLink(inline.url, inline.label || inline.url.replace(/^mailto:/, ""));
    case "user":
      return h(UserMention, { id: inline.id });
    case "channel":
      return h(ChannelMention, { id: inline.id, label: inline.label });
    case "group":
      return h(GroupMention, { id: inline.id, label: inline.label });
    case "range":
      return h(RangeMention, { range: inline.range });
    case "emoji":
      return drawEmoji(inline.name);
    case "date":
      return h(DateText, inline);
    default:
      return inline satisfies never;
  }
}
