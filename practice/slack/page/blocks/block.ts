import { h } from "preact";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { type Fields, fieldsAt, flagAt, isFields, listAt, textAt } from "#practice/slack/page/json.ts";
import { PlainText } from "#practice/slack/page/mrkdwn/mrkdwn.ts";
import { AgentBlock } from "./agent-block.ts";
import { Button } from "./button.ts";
import { LiveControl } from "./control.ts";
import { InputBlock } from "./input-block.ts";
import { Markdown } from "./markdown.ts";
import { Picture } from "./picture.ts";
import { RichText } from "./rich-text.ts";
import { Table } from "./table.ts";
import { TextObject } from "./text.ts";

/** Draws a list of blocks in order. */
export function Blocks({ blocks }: { readonly blocks: readonly Fields[] }): Markup {
  return html`<div class="blocks">
    ${blocks.map((block, index) => h(Block, { key: textAt(block, "block_id") || `${index}`, block }))}
  </div>`;
}

/** Draws one block; a kind that this page does not know is shown as such, never left out. */
function Block({ block }: { readonly block: Fields }): Markup {
  const type = textAt(block, "type");
  switch (type) {
    case "header":
      return html`<div class="block-header" role="heading" aria-level="3">
        ${h(PlainText, { text: textAt(fieldsAt(block, "text"), "text") })}
      </div>`;
    case "section":
      return h(Section, { block });
    case "context":
      return html`<div class="block-context">
        ${listAt(block, "elements").map((element) => drawContextElement(element))}
      </div>`;
    case "divider":
      return html`<hr class="block-divider" />`;
    case "actions":
    case "context_actions":
      return h(Actions, { block });
    case "input":
      return h(InputBlock, { block });
    case "rich_text":
      return h(RichText, { block });
    case "markdown":
      return h(Markdown, { source: textAt(block, "text") });
    case "image":
      return h(Picture, { picture: block, isBlock: true });
    case "table":
    case "data_table":
      return h(Table, { block });
    case "file":
      return html`<div class="block-note">📄 Remote file ${textAt(block, "external_id")}</div>`;
    case "video":
      return html`<div class="block-note">
        🎬 ${textAt(fieldsAt(block, "title"), "text")} <code class="code">${textAt(block, "video_url")}</code>
      </div>`;
    default:
      return h(AgentBlock, { block, type, drawBlocks: (blocks) => h(Blocks, { blocks }) });
  }
}

function Section({ block }: { readonly block: Fields }): Markup {
  const blockId = textAt(block, "block_id");
  const accessory = block["accessory"];
  const text = block["text"];
  const fields = listAt(block, "fields");
  const wide = flagAt(block, "expand") ? "block-section expanded" : "block-section";
  return html`<div class=${wide}>
    <div class="section-body">
      ${isFields(text) ? html`<div class="section-text">${h(TextObject, { text })}</div>` : null}
      ${
        fields.length === 0
          ? null
          : html`<div class="section-fields">
              ${fields.map((field) => html`<div class="section-field">${h(TextObject, { text: field })}</div>`)}
            </div>`
      }
    </div>
    ${isFields(accessory) ? html`<div class="section-accessory">${drawElement(accessory, blockId)}</div>` : null}
  </div>`;
}

function Actions({ block }: { readonly block: Fields }): Markup {
  const blockId = textAt(block, "block_id");
  return html`<div class="block-actions">
    ${listAt(block, "elements").map((element) => drawElement(element, blockId))}
  </div>`;
}

function drawElement(element: Fields, blockId: string): Markup {
  const key = textAt(element, "action_id");
  const type = textAt(element, "type");
  if (type === "image") return h(Picture, { picture: element, isBlock: false });
  if (type === "button" || type === "workflow_button") return h(Button, { key, element, blockId });
  return h(LiveControl, { key, element, blockId });
}

function drawContextElement(element: Fields): Markup {
  if (textAt(element, "type") === "image") return h(Picture, { picture: element, isBlock: false });
  return html`<span class="context-text">${h(TextObject, { text: element })}</span>`;
}
