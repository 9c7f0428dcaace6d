import { h } from "preact";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { type Fields, asFieldList, fieldsAt, flagAt, listAt, textAt } from "#practice/slack/page/json.ts";
import { PlainText } from "#practice/slack/page/mrkdwn/mrkdwn.ts";
import { RichText } from "./rich-text.ts";

/** A table block; its first row is drawn as the head. */
export function Table({ block }: { readonly block: Fields }): Markup {
  const rows = Array.isArray(block["rows"]) ? block["rows"].map((row) => asFieldList(row)) : [];
  const settings = listAt(block, "column_settings");
  const [head = [], ...body] = rows;
  return html`<div class="table-scroll">
    <table class="table">
      <thead>
        <tr>
          ${head.map((cell, index) => html`<th class=${columnClass(settings[index])}>${drawCell(cell)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${body.map(
          (row) =>
            html`<tr>
              ${row.map((cell, index) => html`<td class=${columnClass(settings[index])}>${drawCell(cell)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function columnClass(settings: Fields = {}): string {
  return `${textAt(settings, "align") || "left"} ${flagAt(settings, "is_wrapped") ? "wrapped" : "unwrapped"}`;
}

function drawCell(cell: Fields): Markup {
  if (textAt(cell, "type") === "rich_text") return h(RichText, { block: cell });
  const number = cell["value"];
  if (typeof number === "number") return textAt(cell, "text") || `${number}`;
  return h(PlainText, { text: textAt(cell, "text") || textAt(fieldsAt(cell, "text"), "text") });
}
