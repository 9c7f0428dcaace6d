import type { ActionsBlock, Button, ContextBlock, HeaderBlock, KnownBlock, SectionBlock } from "@slack/types";
import { cutMarkup, cutText, plainText } from "./text.ts";

export type Block = KnownBlock;

/** A message or private answer: `text` carries the whole sense for screen readers and notifications. */
export interface Content {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Slack: 3,000 characters of a section; kept below, because escaped characters count several times. */
const sectionLength = 2_900;

/** Ready mrkdwn; `verbatim` keeps Slack from linking what only looks like a link or a channel. */
export function section(markup: string): SectionBlock {
  return { type: "section", text: { type: "mrkdwn", text: cutMarkup(markup, sectionLength), verbatim: true } };
}

export function context(...markups: readonly string[]): ContextBlock {
  return {
    type: "context",
    elements: markups
      .slice(0, 10)
      .map((markup) => ({ type: "mrkdwn", text: cutMarkup(markup, sectionLength), verbatim: true })),
  };
}

export function header(text: string): HeaderBlock {
  return { type: "header", text: { type: "plain_text", text: plainText(text, 150), emoji: true } };
}

export function divider(): Block {
  return { type: "divider" };
}

export interface ButtonOptions {
  readonly actionId: string;
  readonly text: string;
  readonly value: string;
  readonly style?: "primary" | "danger";
  /** Names the object, so that a screen reader knows which of many buttons this is. */
  readonly label: string;
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string };
}

export function button({ actionId, text, value, style, label, confirm }: ButtonOptions): Button {
  return {
    type: "button",
    action_id: actionId,
    text: { type: "plain_text", text: plainText(text, 75), emoji: true },
    value,
    accessibility_label: plainText(label, 75),
    ...(style === undefined ? {} : { style }),
    ...(confirm === undefined ? {} : { confirm: dialog(confirm, style) }),
  };
}

export function actions(...elements: readonly Button[]): ActionsBlock {
  return { type: "actions", elements: elements.slice(0, 25) };
}

/** Long mrkdwn as several sections, split between lines. */
export function sections(markup: string): readonly Block[] {
  const blocks: Block[] = [];
  let part = "";
  for (const line of markup.split("\n")) {
    if (part !== "" && part.length + line.length + 1 > sectionLength) {
      blocks.push(section(part));
      part = "";
    }
    part = part === "" ? line : `${part}\n${line}`;
  }
  return part === "" ? blocks : [...blocks, section(part)];
}

function dialog(
  confirm: NonNullable<ButtonOptions["confirm"]>,
  style: ButtonOptions["style"],
): NonNullable<Button["confirm"]> {
  return {
    title: { type: "plain_text", text: plainText(confirm.title, 100) },
    text: { type: "plain_text", text: cutText(confirm.text, 300, "…") },
    confirm: { type: "plain_text", text: plainText(confirm.yes, 30) },
    deny: { type: "plain_text", text: "Not now" },
    ...(style === undefined ? {} : { style }),
  };
}
