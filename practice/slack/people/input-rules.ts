import { type JsonObject, isObject, objectAt, stringAt } from "#practice/slack/json.ts";
import { optionsOf } from "./values.ts";

/** What Slack's client complains about before it sends a submission, by block. */
export function complaints(blocks: readonly JsonObject[], values: JsonObject): { readonly [blockId: string]: string } {
  const found: { [blockId: string]: string } = {};
  for (const block of blocks) {
    if (block["type"] !== "input") continue;
    const blockId = stringAt(block, "block_id") ?? "";
    const element = objectAt(block, "element") ?? {};
    const value = objectAt(objectAt(values, blockId) ?? {}, stringAt(element, "action_id") ?? "") ?? {};
    const complaint = isEmpty(value) ? emptyComplaint(block) : valueComplaint(element, value);
    if (complaint !== undefined) found[blockId] = complaint;
  }
  return found;
}

function emptyComplaint(block: JsonObject): string | undefined {
  return block["optional"] === true ? undefined : "Please complete this required field.";
}

function isEmpty(value: JsonObject): boolean {
  return Object.entries(value).every(
    ([key, member]) =>
      key === "type" ||
      key === "timezone" ||
      member === null ||
      member === undefined ||
      member === "" ||
      isEmptyList(member),
  );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

type Check = (element: JsonObject, value: JsonObject) => string | undefined;

const CHECKS: { readonly [type: string]: Check } = {
  plain_text_input: (element, value) => lengthComplaint(element, stringAt(value, "value") ?? ""),
  number_input: (element, value) => numberComplaint(element, stringAt(value, "value") ?? ""),
  email_text_input: formCheck("value", /^[^\s@]+@[^\s@]+\.[^\s@]+$/u, "Please enter a valid email address."),
  url_text_input: (_, value) =>
    URL.canParse(stringAt(value, "value") ?? "") ? undefined : "Please enter a valid URL.",
  datepicker: formCheck("selected_date", /^\d{4}-\d\d-\d\d$/u, "Please enter a valid date."),
  timepicker: formCheck("selected_time", /^\d\d:\d\d$/u, "Please enter a valid time."),
  static_select: (element, value) => optionComplaint(element, value["selected_option"]),
  radio_buttons: (element, value) => optionComplaint(element, value["selected_option"]),
};

function valueComplaint(element: JsonObject, value: JsonObject): string | undefined {
  return CHECKS[stringAt(element, "type") ?? ""]?.(element, value);
}

function formCheck(key: string, form: RegExp, complaint: string): Check {
  return (_, value) => (form.test(stringAt(value, key) ?? "") ? undefined : complaint);
}

function lengthComplaint(element: JsonObject, text: string): string | undefined {
  const min = Number(element["min_length"] ?? 0);
  const max = Number(element["max_length"] ?? 3_000);
  if (text.length < min) return `Please use at least ${min} characters.`;
  return text.length > max ? `Please use at most ${max} characters.` : undefined;
}

function numberComplaint(element: JsonObject, text: string): string | undefined {
  const number = Number(text);
  if (Number.isNaN(number)) return "Please enter a number.";
  if (element["is_decimal_allowed"] !== true && !Number.isInteger(number)) return "Please enter a whole number.";
  if (number < Number(element["min_value"] ?? "-Infinity"))
    return `Please enter at least ${String(element["min_value"])}.`;
  if (number > Number(element["max_value"] ?? "Infinity"))
    return `Please enter at most ${String(element["max_value"])}.`;
  return undefined;
}

function optionComplaint(element: JsonObject, chosen: unknown): string | undefined {
  const isKnown = optionsOf(element).some((option) => isObject(chosen) && option["value"] === chosen["value"]);
  return isKnown ? undefined : "Please choose one of the options.";
}
