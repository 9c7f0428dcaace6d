import { anyText, imageElement, imageFields, imageSource, mrkdwn, plain } from "./composition.ts";
import { accessoryElement, actionsElement, buttonElement, contextActionsElement, inputElement } from "./elements.ts";
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
  problem,
  required,
  text,
  url,
} from "./rules.ts";

/** Where blocks are shown. */
export type Surface = "message" | "modal" | "home";

const id = text({ max: LIMITS.identifier });

function block(type: string, fields: Fields, ...also: readonly Rule[]): Rule {
  return object({ type: required(oneOf([type])), block_id: id, ...fields }, ...also);
}

const cell = byType(() => ({
  rich_text: richTextBlock,
  raw_text: object({ type: required(oneOf(["raw_text"])), text: required(text({ max: LIMITS.messageText })) }),
  raw_number: object({
    type: required(oneOf(["raw_number"])),
    value: required(number({ decimal: true })),
    text: required(id),
  }),
}));
const rows = required(list(list(cell, { min: 1, max: LIMITS.tableCells }), { min: 1, max: LIMITS.tableRows }));

const card = block(
  "card",
  {
    hero_image: imageElement,
    icon: imageElement,
    slack_icon: object({ type: required(id), name: required(id) }),
    title: mrkdwn(LIMITS.cardTitle),
    subtitle: mrkdwn(LIMITS.cardTitle),
    body: mrkdwn(LIMITS.cardBody),
    actions: list(buttonElement),
  },
  oneOfFields(["hero_image", "title", "actions", "body"]),
);

const taskCard = block("task_card", {
  task_id: required(id),
  title: required(text({ max: LIMITS.sectionText })),
  details: richTextBlock,
  output: richTextBlock,
  sources: list(object({ type: required(oneOf(["url"])), url: required(url(LIMITS.buttonUrl)), text: required(id) })),
  status: required(oneOf(["pending", "in_progress", "complete", "error"])),
});

const EVERYWHERE: { readonly [type: string]: Rule } = {
  actions: block("actions", { elements: required(list(actionsElement, { min: 1, max: LIMITS.actionsElements })) }),
  card,
  context: block("context", {
    elements: required(
      list(
        byType(() => ({
          image: imageElement,
          plain_text: plain(LIMITS.textObject),
          mrkdwn: mrkdwn(LIMITS.textObject),
        })),
        { min: 1, max: LIMITS.contextElements },
      ),
    ),
  }),
  divider: block("divider", {}),
  header: block("header", { text: required(plain(LIMITS.headerText)) }),
  image: block("image", { ...imageFields, title: plain(LIMITS.imageTitle) }, imageSource),
  input: block("input", {
    label: required(plain(LIMITS.inputLabel)),
    hint: plain(LIMITS.inputHint),
    optional: bool,
    element: required(inputElement),
    dispatch_action: bool,
  }),
  rich_text: richTextBlock,
  section: block(
    "section",
    {
      text: anyText(LIMITS.sectionText),
      fields: list(anyText(LIMITS.sectionFieldText), { min: 1, max: LIMITS.sectionFields }),
      accessory: accessoryElement,
      expand: bool,
    },
    oneOfFields(["text", "fields"]),
  ),
  video: block("video", {
    video_url: required(url(LIMITS.imageUrl)),
    thumbnail_url: required(url(LIMITS.imageUrl)),
    alt_text: required(text({ max: LIMITS.imageAltText })),
    title: required(plain(LIMITS.videoTitle)),
    title_url: url(LIMITS.imageUrl),
    author_name: text({ max: LIMITS.videoAuthor }),
    provider_name: id,
    provider_icon_url: url(LIMITS.imageUrl),
    description: plain(LIMITS.textObject),
  }),
};

const carousel = block("carousel", {
  elements: required(
    list(
      byType(() => ({ card })),
      LIMITS.carouselCards,
    ),
  ),
});

const table = block("table", {
  rows,
  column_settings: list(object({ align: oneOf(["left", "center", "right"]), is_wrapped: bool }), {
    max: LIMITS.tableCells,
  }),
});

const file = block("file", { source: required(oneOf(["remote"])), external_id: required(id) });

const inContainer = byType(() => {
  const { card: _, ...rest } = EVERYWHERE;
  return { ...rest, file, table };
});

const MESSAGE_ONLY: { readonly [type: string]: Rule } = {
  container: block(
    "container",
    {
      title: plain(LIMITS.containerTitle),
      rich_text_title: richTextBlock,
      subtitle: anyText(LIMITS.containerTitle),
      child_blocks: required(list(inContainer, { max: LIMITS.containerBlocks })),
      width: oneOf(["narrow", "standard", "wide", "full"]),
      icon: imageElement,
      is_collapsible: bool,
      default_collapsed: bool,
      has_header_divider: bool,
    },
    oneOfFields(["title", "rich_text_title"]),
  ),
  context_actions: block("context_actions", {
    elements: required(list(contextActionsElement, { min: 1, max: LIMITS.contextActionsElements })),
  }),
  data_table: block("data_table", {
    rows: required(list(list(cell, { min: 1 }), { min: 1 })),
    caption: required(text({ max: LIMITS.sectionText })),
    page_size: number(LIMITS.dataTablePage),
    row_header_column_index: number({ min: 0 }),
  }),
  file,
  markdown: block("markdown", { text: required(text({ max: LIMITS.markdownTotal })) }),
  plan: block("plan", {
    title: required(text({ max: LIMITS.sectionText })),
    tasks: list(byType(() => ({ task_card: taskCard }))),
  }),
  table,
  task_card: taskCard,
};

const alert = block("alert", {
  text: required(anyText(LIMITS.alertText)),
  level: oneOf(["default", "info", "warning", "error", "success"]),
});

/** Which blocks a surface takes (docs.slack.dev/blocks.json, August 2026). */
const BY_SURFACE: { readonly [surface in Surface]: { readonly [type: string]: Rule } } = {
  message: { ...EVERYWHERE, ...MESSAGE_ONLY, carousel },
  modal: { ...EVERYWHERE, alert },
  home: { ...EVERYWHERE, carousel },
};

/** A block on a surface. */
export function blockOn(surface: Surface): Rule {
  return byType(() => BY_SURFACE[surface]);
}

/** Asks for at least one of these fields. */
function oneOfFields(names: readonly string[]): Rule {
  return (value, at) => {
    if (!isObject(value) || names.some((name) => value[name] !== undefined)) return [];
    return problem(at, "missing_field", `must define either ${names.map((name) => `\`${name}\``).join(" or ")}`);
  };
}
