import { LIMITS } from "./limits.ts";
import {
  type Rule,
  bool,
  byType,
  isObject,
  list,
  number,
  object,
  oneOf,
  problem,
  required,
  text,
  url,
} from "./rules.ts";

const textField = (max: number): Rule => text({ max });

/** A plain text object of bounded length. */
export function plain(max: number): Rule {
  return byType(() => ({
    plain_text: object({ type: required(oneOf(["plain_text"])), text: required(textField(max)), emoji: bool }),
  }));
}

/** A mrkdwn object of bounded length. */
export function mrkdwn(max: number): Rule {
  return byType(() => ({
    mrkdwn: object({ type: required(oneOf(["mrkdwn"])), text: required(textField(max)), verbatim: bool }),
  }));
}

/** Either kind of text object. */
export function anyText(max: number): Rule {
  return byType(() => ({ plain_text: plain(max), mrkdwn: mrkdwn(max) }));
}

/** A confirmation dialog. */
export const confirmDialog: Rule = object({
  title: plain(LIMITS.confirmTitle),
  text: required(anyText(LIMITS.confirmText)),
  confirm: plain(LIMITS.confirmButton),
  deny: plain(LIMITS.confirmButton),
  style: oneOf(["primary", "danger"]),
});

/** Which kind of text and which extras an option may have depends on where it stands. */
export function option(form: { readonly text: "plain" | "any"; readonly withUrl: boolean }): Rule {
  const label = form.text === "plain" ? plain(LIMITS.optionText) : anyText(LIMITS.optionText);
  const description = form.text === "plain" ? plain(LIMITS.optionText) : anyText(LIMITS.optionText);
  const fields = { text: required(label), value: required(textField(LIMITS.optionValue)), description };
  return object(
    form.withUrl ? { ...fields, value: textField(LIMITS.optionValue), url: url(LIMITS.optionUrl) } : fields,
  );
}

const selectOption = option({ text: "plain", withUrl: false });

/** The options of a menu. */
export const options: Rule = list(selectOption, { min: 1, max: LIMITS.selectOptions });

/** The groups of options of a menu. */
export const optionGroups: Rule = list(
  object({ label: required(plain(LIMITS.optionGroupLabel)), options: required(options) }),
  { min: 1, max: LIMITS.optionGroups },
);

/** Asks for `options` or `option_groups`, not both. */
export const optionsOrGroups: Rule = (value, at) => {
  if (!isObject(value)) return [];
  const given = ["options", "option_groups"].filter((name) => value[name] !== undefined);
  return given.length === 1 ? [] : problem(at, "missing_field", "must define either `options` or `option_groups`");
};

/** Asks that what is selected at first is one of the options. */
export const initialAmongOptions: Rule = (value, at) => {
  if (!isObject(value)) return [];
  const known = new Set(optionsWithin(value).map((it) => it["value"]));
  const single = value["initial_option"];
  const many = value["initial_options"];
  const first =
    isObject(single) && !known.has(single["value"])
      ? problem(`${at}/initial_option`, "not_allowed", "must be one of the options")
      : [];
  const rest = (Array.isArray(many) ? many : []).flatMap((it: unknown, index) =>
    isObject(it) && !known.has(it["value"])
      ? problem(`${at}/initial_options/${index}`, "not_allowed", "must be one of the options")
      : [],
  );
  return [...first, ...rest];
};

/** The filter of a conversation menu. */
export const conversationFilter: Rule = object({
  include: list(oneOf(["im", "mpim", "private", "public"]), { min: 1 }),
  exclude_external_shared_channels: bool,
  exclude_bot_users: bool,
});

/** When an input dispatches an action. */
export const dispatchConfig: Rule = object({
  trigger_actions_on: list(oneOf(["on_enter_pressed", "on_character_entered"]), { min: 1, max: 2 }),
});

/** An image's source: a URL or a Slack file, exactly one. */
export const imageSource: Rule = (value, at) => {
  if (!isObject(value)) return [];
  const given = ["image_url", "slack_file"].filter((name) => value[name] !== undefined);
  return given.length === 1 ? [] : problem(at, "missing_field", "must define either `image_url` or `slack_file`");
};

/** The fields that image blocks and image elements share. */
export const imageFields = {
  alt_text: required(text({ max: LIMITS.imageAltText })),
  image_url: url(LIMITS.imageUrl),
  slack_file: object({ id: text({ max: LIMITS.identifier }), url: url(LIMITS.imageUrl) }),
  image_width: number(),
  image_height: number(),
  image_bytes: number(),
} as const;

/** The image element. */
export const imageElement: Rule = byType(() => ({
  image: object({ type: required(oneOf(["image"])), ...imageFields }, imageSource),
}));

function optionsWithin(element: { readonly [key: string]: unknown }): readonly { readonly [key: string]: unknown }[] {
  const direct = Array.isArray(element["options"]) ? element["options"] : [];
  const groups = Array.isArray(element["option_groups"]) ? element["option_groups"].filter(isObject) : [];
  const grouped = groups.flatMap((group): unknown[] => (Array.isArray(group["options"]) ? group["options"] : []));
  return [...direct, ...grouped].filter(isObject);
}
