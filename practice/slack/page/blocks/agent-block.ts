import { h } from "preact";
import { html } from "#practice/slack/page/html.ts";
import type { Markup } from "#practice/slack/page/html.ts";
import { type Fields, fieldsAt, isFields, listAt, textAt } from "#practice/slack/page/json.ts";
import { RichText } from "./rich-text.ts";
import { TextObject } from "./text.ts";

const taskMarks: Readonly<Record<string, string>> = { pending: "○", in_progress: "◐", complete: "✓", error: "✕" };

type AgentBlockProps = {
  readonly block: Fields;
  readonly type: string;
  /** Draws the blocks inside of this one. */
  readonly drawBlocks: (blocks: readonly Fields[]) => Markup;
};

/** The block kinds that Slack added in 2026 (alert, card, carousel, container, plan, task_card), drawn simply. */
export function AgentBlock({ block, type, drawBlocks }: AgentBlockProps): Markup {
  switch (type) {
    case "alert":
      return html`<div class=${`block-alert ${textAt(block, "level") || "default"}`} role="note">
        ${drawText(block, "text")}
      </div>`;
    case "card":
      return html`<div class="block-card">
        ${["title", "subtitle", "body"].map((key) => html`<div class=${`card-${key}`}>${drawText(block, key)}</div>`)}
        ${
          listAt(block, "actions").length === 0
            ? null
            : drawBlocks([{ type: "actions", block_id: textAt(block, "block_id"), elements: listAt(block, "actions") }])
        }
      </div>`;
    case "carousel":
      return html`<div class="block-carousel">${drawBlocks(listAt(block, "elements"))}</div>`;
    case "container":
      return html`<div class="block-card">
        <div class="card-title">${drawText(block, "title")}</div>
        <div class="card-subtitle">${drawText(block, "subtitle")}</div>
        ${drawBlocks(listAt(block, "child_blocks"))}
      </div>`;
    case "plan":
      return html`<div class="block-card">
        <div class="card-title">${drawText(block, "title")}</div>
        ${listAt(block, "tasks").map((task) => drawTask(task))}
      </div>`;
    case "task_card":
      return drawTask(block);
    default:
      return html`<div class="block-note unknown">This page cannot draw the block “${type}”.</div>`;
  }
}

function drawTask(task: Fields): Markup {
  const status = textAt(task, "status") || "pending";
  return html`<div class=${`task ${status}`}>
    <span class="task-mark" role="img" aria-label=${status}>${taskMarks[status] ?? "○"}</span>
    <span
      >${drawText(task, "title")}${isFields(task["details"]) ? h(RichText, { block: fieldsAt(task, "details") }) : null}</span
    >
  </div>`;
}

/** These blocks take a text object in some places and a bare string in others. */
function drawText(owner: Fields, key: string): Markup {
  const text = owner[key];
  if (isFields(text))
    return textAt(text, "type") === "rich_text" ? h(RichText, { block: text }) : h(TextObject, { text });
  return textAt(owner, key);
}
