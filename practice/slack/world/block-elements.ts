import { type JsonObject, isObject, stringAt } from "#practice/slack/json.ts";

const INTERACTIVE = new Set([
  "button",
  "checkboxes",
  "channels_select",
  "conversations_select",
  "datepicker",
  "datetimepicker",
  "email_text_input",
  "external_select",
  "feedback_buttons",
  "file_input",
  "icon_button",
  "multi_channels_select",
  "multi_conversations_select",
  "multi_external_select",
  "multi_static_select",
  "multi_users_select",
  "number_input",
  "overflow",
  "plain_text_input",
  "radio_buttons",
  "rich_text_input",
  "static_select",
  "timepicker",
  "url_text_input",
  "users_select",
  "workflow_button",
]);

/** An interactive element with the block that it sits in. */
export type PlacedElement = {
  readonly element: JsonObject;
  readonly block: JsonObject;
  readonly blockId: string;
  readonly actionId: string;
};

/** Gives every block a block_id and every interactive element an action_id, and fills in Slack's text defaults. */
export function fillIn(blocks: readonly JsonObject[], nextNumber: () => number): readonly JsonObject[] {
  const generate = (): string => nextNumber().toString(36).padStart(5, "0");
  return blocks.map((block) => {
    const filled = fillValue(block, generate);
    return isObject(filled) ? { block_id: generate(), ...filled } : block;
  });
}

/** Lists the interactive elements of blocks in reading order. */
export function placedElements(blocks: readonly JsonObject[]): readonly PlacedElement[] {
  return blocks.flatMap((block) => collect(block, block));
}

function fillValue(value: unknown, generate: () => string): unknown {
  if (Array.isArray(value)) return value.map((member) => fillValue(member, generate));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [
    key,
    key === "workflow" ? member : fillValue(member, generate),
  ]);
  const filled: JsonObject = Object.fromEntries(entries);
  const type = stringAt(filled, "type");
  if (type === "plain_text") return { emoji: true, ...filled };
  if (type === "mrkdwn") return { verbatim: false, ...filled };
  return type !== undefined && INTERACTIVE.has(type) ? { action_id: generate(), ...filled } : filled;
}

function collect(value: unknown, block: JsonObject): readonly PlacedElement[] {
  if (Array.isArray(value)) return value.flatMap((member) => collect(member, block));
  if (!isObject(value)) return [];
  // Containers and carousels hold blocks of their own, whose ids count for the elements inside.
  const home = stringAt(value, "block_id") === undefined ? block : value;
  const actionId = stringAt(value, "action_id");
  if (actionId !== undefined && INTERACTIVE.has(stringAt(value, "type") ?? "")) {
    return [{ element: value, block: home, blockId: stringAt(home, "block_id") ?? "", actionId }];
  }
  return Object.values(value).flatMap((member) => collect(member, home));
}
