import {
  confirmDialog,
  conversationFilter,
  dispatchConfig,
  imageElement,
  initialAmongOptions,
  option,
  optionGroups,
  options,
  optionsOrGroups,
  plain,
} from "./composition.ts";
import { LIMITS } from "./limits.ts";
import { richTextBlock } from "./rich-text.ts";
import {
  type Fields,
  type Rule,
  bool,
  byType,
  isObject,
  list,
  number,
  object,
  oneOf,
  pattern,
  problem,
  required,
  text,
  url,
} from "./rules.ts";

const id = text({ max: LIMITS.identifier });
const anyString = text({ min: 0, max: LIMITS.inputLength });
const placeholder = plain(LIMITS.placeholder);
const focus = { focus_on_load: bool } as const;
const label = text({ max: LIMITS.accessibilityLabel });
const decimal = pattern(/^-?\d+(?:\.\d+)?$/u, "a number as text");

function element(type: string, fields: Fields, ...also: readonly Rule[]): Rule {
  return object({ type: required(oneOf([type])), action_id: id, ...fields }, ...also);
}

function menu(type: string, fields: Fields, ...also: readonly Rule[]): Rule {
  const many: Fields = type.startsWith("multi_") ? { max_selected_items: number({ min: 1 }) } : {};
  return element(type, { placeholder, confirm: confirmDialog, ...focus, ...many, ...fields }, ...also);
}

const menuOption = option({ text: "plain", withUrl: false });
const choiceOption = option({ text: "any", withUrl: false });
const choices = required(list(choiceOption, { min: 1, max: LIMITS.choiceOptions }));
const fixedOptions = { options, option_groups: optionGroups } as const;
const conversations = { default_to_current_conversation: bool, filter: conversationFilter } as const;

const MENUS: { readonly [type: string]: Rule } = {
  static_select: menu(
    "static_select",
    { ...fixedOptions, initial_option: menuOption },
    optionsOrGroups,
    initialAmongOptions,
  ),
  external_select: menu("external_select", { initial_option: menuOption, min_query_length: number({ min: 0 }) }),
  users_select: menu("users_select", { initial_user: id }),
  conversations_select: menu("conversations_select", {
    initial_conversation: id,
    response_url_enabled: bool,
    ...conversations,
  }),
  channels_select: menu("channels_select", { initial_channel: id, response_url_enabled: bool }),
  multi_static_select: menu(
    "multi_static_select",
    { ...fixedOptions, initial_options: list(menuOption, { max: LIMITS.selectOptions }) },
    optionsOrGroups,
    initialAmongOptions,
  ),
  multi_external_select: menu("multi_external_select", {
    initial_options: list(menuOption, { max: LIMITS.selectOptions }),
    min_query_length: number({ min: 0 }),
  }),
  multi_users_select: menu("multi_users_select", { initial_users: list(id) }),
  multi_conversations_select: menu("multi_conversations_select", { initial_conversations: list(id), ...conversations }),
  multi_channels_select: menu("multi_channels_select", { initial_channels: list(id) }),
};

const PICKERS: { readonly [type: string]: Rule } = {
  checkboxes: element(
    "checkboxes",
    {
      options: choices,
      initial_options: list(choiceOption, { max: LIMITS.choiceOptions }),
      confirm: confirmDialog,
      ...focus,
    },
    initialAmongOptions,
  ),
  radio_buttons: element(
    "radio_buttons",
    { options: choices, initial_option: choiceOption, confirm: confirmDialog, ...focus },
    initialAmongOptions,
  ),
  datepicker: element("datepicker", {
    initial_date: pattern(/^\d{4}-\d\d-\d\d$/u, "a date as YYYY-MM-DD"),
    placeholder,
    confirm: confirmDialog,
    ...focus,
  }),
  timepicker: element("timepicker", {
    initial_time: pattern(/^(?:[01]\d|2[0-3]):[0-5]\d$/u, "a time as HH:mm"),
    timezone: id,
    placeholder,
    confirm: confirmDialog,
    ...focus,
  }),
};

const dateTimePicker = element("datetimepicker", {
  initial_date_time: number({ min: 1_000_000_000, max: 9_999_999_999 }),
  confirm: confirmDialog,
  ...focus,
});

const button = element("button", {
  text: required(plain(LIMITS.buttonText)),
  value: text({ min: 0, max: LIMITS.buttonValue }),
  url: url(LIMITS.buttonUrl),
  style: oneOf(["primary", "danger"]),
  confirm: confirmDialog,
  accessibility_label: label,
});

const workflowButton = element("workflow_button", {
  text: required(plain(LIMITS.buttonText)),
  workflow: required(
    object({
      trigger: required(
        object({
          url: required(url(LIMITS.buttonUrl)),
          customizable_input_parameters: list(object({ name: required(id), value: required(anyString) })),
        }),
      ),
    }),
  ),
  style: oneOf(["primary", "danger"]),
  accessibility_label: label,
  confirm: confirmDialog,
});

const overflow = element("overflow", {
  options: required(list(option({ text: "plain", withUrl: true }), LIMITS.overflowOptions)),
  confirm: confirmDialog,
});

const richTextInput = element("rich_text_input", {
  initial_value: richTextBlock,
  min_lines: number(LIMITS.richTextLines),
  max_lines: number(LIMITS.richTextLines),
  dispatch_action_config: dispatchConfig,
  placeholder,
  ...focus,
});

const typed = { dispatch_action_config: dispatchConfig, placeholder, ...focus } as const;

const INPUTS: { readonly [type: string]: Rule } = {
  plain_text_input: element(
    "plain_text_input",
    {
      initial_value: anyString,
      multiline: bool,
      min_length: number({ min: 0, max: LIMITS.inputLength }),
      max_length: number({ min: 1, max: LIMITS.inputLength }),
      ...typed,
    },
    ordered("min_length", "max_length"),
  ),
  email_text_input: element("email_text_input", { initial_value: anyString, ...typed }),
  url_text_input: element("url_text_input", { initial_value: anyString, ...typed }),
  number_input: element(
    "number_input",
    { is_decimal_allowed: required(bool), initial_value: decimal, min_value: decimal, max_value: decimal, ...typed },
    ordered("min_value", "max_value"),
  ),
  file_input: element("file_input", { filetypes: list(id), max_files: number(LIMITS.fileInputFiles) }),
  rich_text_input: richTextInput,
  datetimepicker: dateTimePicker,
};

const feedbackButton = required(
  object({
    text: required(plain(LIMITS.buttonText)),
    value: required(text({ max: LIMITS.buttonValue })),
    accessibility_label: label,
  }),
);

const CONTEXT_ACTIONS: { readonly [type: string]: Rule } = {
  feedback_buttons: element("feedback_buttons", { positive_button: feedbackButton, negative_button: feedbackButton }),
  icon_button: element("icon_button", {
    icon: required(id),
    text: required(plain(LIMITS.buttonText)),
    value: text({ min: 0, max: LIMITS.buttonValue }),
    accessibility_label: label,
    visible_to_user_ids: list(id),
    confirm: confirmDialog,
  }),
};

/** Buttons only, as cards hold them. */
export const buttonElement: Rule = byType(() => ({ button }));

/** What an actions block may hold. */
export const actionsElement: Rule = byType(() => ({
  button,
  workflow_button: workflowButton,
  overflow,
  datetimepicker: dateTimePicker,
  rich_text_input: richTextInput,
  ...MENUS,
  ...PICKERS,
}));

/** What may stand beside a section. */
export const accessoryElement: Rule = byType(() => ({
  button,
  workflow_button: workflowButton,
  overflow,
  image: imageElement,
  ...MENUS,
  ...PICKERS,
}));

/** What an input block may hold. */
export const inputElement: Rule = byType(() => ({ ...MENUS, ...PICKERS, ...INPUTS }));

/** What a context_actions block may hold. */
export const contextActionsElement: Rule = byType(() => CONTEXT_ACTIONS);

function ordered(low: string, high: string): Rule {
  return (value, at) => {
    if (!isObject(value) || value[low] === undefined || value[high] === undefined) return [];
    return Number(value[low]) > Number(value[high])
      ? problem(`${at}/${low}`, "not_allowed", `must not be more than ${high}`)
      : [];
  };
}
