import { blockOn } from "./blocks.ts";
import { plain } from "./composition.ts";
import { LIMITS } from "./limits.ts";
import { type Problem, bool, byType, isObject, list, object, oneOf, problem, required, text } from "./rules.ts";
import { uniqueness } from "./uniqueness.ts";

export type { Problem } from "./rules.ts";

/** What of a message is checked. */
export type MessageContent = { readonly blocks?: unknown; readonly text?: unknown };

/** Lists every rule of Block Kit that a message breaks; pointers start at `/blocks` or `/text`. */
export function validateMessage(content: MessageContent): readonly Problem[] {
  const { blocks } = content;
  const inText = content.text === undefined ? [] : text({ min: 0, max: LIMITS.messageText })(content.text, "/text");
  if (blocks === undefined) return inText;
  const inBlocks = list(blockOn("message"), { max: LIMITS.messageBlocks })(blocks, "/blocks");
  return [...inText, ...inBlocks, ...uniqueness(blocks, "/blocks"), ...wholeMessage(blocks)];
}

const identifiers = {
  private_metadata: text({ min: 0, max: LIMITS.privateMetadata }),
  callback_id: text({ min: 0, max: LIMITS.identifier }),
  external_id: text({ min: 0, max: LIMITS.identifier }),
} as const;

const view = byType(() => ({
  modal: object({
    type: required(oneOf(["modal"])),
    title: required(plain(LIMITS.viewTitle)),
    submit: plain(LIMITS.viewTitle),
    close: plain(LIMITS.viewTitle),
    blocks: required(list(blockOn("modal"), LIMITS.viewBlocks)),
    clear_on_close: bool,
    notify_on_close: bool,
    ...identifiers,
  }),
  home: object({
    type: required(oneOf(["home"])),
    blocks: required(list(blockOn("home"), LIMITS.viewBlocks)),
    ...identifiers,
  }),
}));

/** Lists every rule that a modal or home view breaks; pointers start at the view itself. */
export function validateView(content: unknown): readonly Problem[] {
  const problems = view(content, "");
  if (!isObject(content)) return problems;
  return [...problems, ...uniqueness(content["blocks"], "/blocks"), ...wholeView(content)];
}

function wholeMessage(blocks: unknown): readonly Problem[] {
  const all = Array.isArray(blocks) ? blocks.filter(isObject) : [];
  const tables = all.filter((block) => block["type"] === "table").length;
  const markdown = all
    .filter((block) => block["type"] === "markdown")
    .reduce((total, block) => total + lengthOf(block["text"]), 0);
  return [
    ...(tables > LIMITS.messageTables ? problem("/blocks", "too_many", "only one table allowed") : []),
    ...(markdown > LIMITS.markdownTotal
      ? problem(
          "/blocks",
          "too_long",
          `markdown blocks must be less than ${LIMITS.markdownTotal + 1} characters in total`,
        )
      : []),
  ];
}

function lengthOf(value: unknown): number {
  return typeof value === "string" ? value.length : 0;
}

function wholeView(content: { readonly [key: string]: unknown }): readonly Problem[] {
  const blocks = Array.isArray(content["blocks"]) ? content["blocks"].filter(isObject) : [];
  const hasInput = blocks.some((block) => block["type"] === "input");
  const lacksSubmit = content["type"] === "modal" && hasInput && content["submit"] === undefined;
  const bytes = new TextEncoder().encode(JSON.stringify(content)).byteLength;
  return [
    ...(lacksSubmit
      ? problem("/submit", "missing_field", "missing required field: submit (a modal with input blocks needs it)")
      : []),
    ...(bytes > LIMITS.viewBytes ? problem("", "too_long", `must be less than ${LIMITS.viewBytes + 1} bytes`) : []),
    ...focusProblems(blocks),
  ];
}

function focusProblems(blocks: readonly { readonly [key: string]: unknown }[]): readonly Problem[] {
  const focused = JSON.stringify(blocks).split('"focus_on_load":true').length - 1;
  return focused > 1 ? problem("/blocks", "not_allowed", "only one element may have focus_on_load") : [];
}
