import { type JsonObject, asText, isObject, objectsAt, stringAt } from "#practice/slack/json.ts";
import { type PlacedElement, placedElements } from "#practice/slack/world/block-elements.ts";
import type { View } from "#practice/slack/world/records.ts";

/** How an element's value appears in payloads: under which key, and what it starts with. */
type Slot = {
  readonly key: string;
  readonly initial: string;
  readonly empty: null | readonly [];
  readonly read: (element: JsonObject, value: unknown) => unknown;
};

const optionSlot: Slot = { key: "selected_option", initial: "initial_option", empty: null, read: pickOption };
const optionsSlot: Slot = {
  key: "selected_options",
  initial: "initial_options",
  empty: [],
  read: (element, value) => asList(value).map((each) => pickOption(element, each)),
};

const TEXT: Slot = one("value", "initial_value");

const SLOTS: { readonly [type: string]: Slot } = {
  static_select: optionSlot,
  external_select: optionSlot,
  radio_buttons: optionSlot,
  overflow: optionSlot,
  multi_static_select: optionsSlot,
  multi_external_select: optionsSlot,
  checkboxes: optionsSlot,
  users_select: one("selected_user", "initial_user"),
  conversations_select: one("selected_conversation", "initial_conversation"),
  channels_select: one("selected_channel", "initial_channel"),
  multi_users_select: many("selected_users", "initial_users"),
  multi_conversations_select: many("selected_conversations", "initial_conversations"),
  multi_channels_select: many("selected_channels", "initial_channels"),
  datepicker: one("selected_date", "initial_date"),
  timepicker: one("selected_time", "initial_time"),
  datetimepicker: {
    key: "selected_date_time",
    initial: "initial_date_time",
    empty: null,
    read: (_, value) => (asText(value) === "" ? null : Number(value)),
  },
  rich_text_input: { key: "rich_text_value", initial: "initial_value", empty: null, read: (_, value) => value },
  file_input: many("files", "files"),
};

const BUTTONS = new Set(["button", "overflow", "workflow_button", "icon_button", "feedback_buttons"]);

/** `state.values` of a view before anybody touched it: what the elements start with. */
export function initialValues(view: View): JsonObject {
  return stateValues(objectsAt(view.content, "blocks"), {});
}

/**
 * `state.values` of blocks: what was given, else what the element starts with, else Slack's empty value.
 * `given` is `{block_id: {action_id: value}}` or, shorter, `{block_id: value}`.
 */
export function stateValues(blocks: readonly JsonObject[], given: JsonObject): JsonObject {
  const values: { [blockId: string]: { [actionId: string]: JsonObject } } = {};
  for (const placed of placedElements(blocks)) {
    const { element } = placed;
    const type = stringAt(element, "type") ?? "";
    if (BUTTONS.has(type)) continue;
    const value = givenValue(placed, given);
    const inBlock = (values[placed.blockId] ??= {});
    inBlock[placed.actionId] = { type, ...(value === undefined ? initialOf(element) : valueOf(element, value)) };
  }
  return values;
}

/** The value of one element in the payload's form, from the short form that a person's client sends here. */
export function valueOf(element: JsonObject, value: unknown): JsonObject {
  const slot = slotOf(element);
  const timezone = stringAt(element, "timezone");
  return { [slot.key]: slot.read(element, value), ...(timezone === undefined ? {} : { timezone }) };
}

/** The options of a select, radio, checkbox or overflow element, groups flattened. */
export function optionsOf(element: JsonObject): readonly JsonObject[] {
  const grouped = objectsAt(element, "option_groups").flatMap((group) => objectsAt(group, "options"));
  return [...objectsAt(element, "options"), ...grouped];
}

function slotOf(element: JsonObject): Slot {
  return SLOTS[stringAt(element, "type") ?? ""] ?? TEXT;
}

function initialOf(element: JsonObject): JsonObject {
  const slot = slotOf(element);
  return { [slot.key]: element[slot.initial] ?? slot.empty };
}

function givenValue(placed: PlacedElement, given: JsonObject): unknown {
  const inBlock = given[placed.blockId];
  return isObject(inBlock) ? inBlock[placed.actionId] : inBlock;
}

function one(key: string, initial: string): Slot {
  return { key, initial, empty: null, read: (_, value) => (asText(value) === "" ? null : asText(value)) };
}

function many(key: string, initial: string): Slot {
  return { key, initial, empty: [], read: (_, value) => asList(value) };
}

/** Finds an option by value, or takes a whole option object, as external selects answer them. */
function pickOption(element: JsonObject, value: unknown): JsonObject | null {
  const wanted = isObject(value) ? stringAt(value, "value") : asText(value);
  if (wanted === undefined || wanted === "") return null;
  const known = optionsOf(element).find((option) => stringAt(option, "value") === wanted);
  if (known !== undefined) return known;
  return isObject(value) ? value : { text: { type: "plain_text", text: wanted, emoji: true }, value: wanted };
}

function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === null || value === undefined || value === "" ? [] : [value];
}
