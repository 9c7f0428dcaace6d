import { LIMITS } from "./limits.ts";
import { type Fields, type Rule, bool, byType, list, number, object, oneOf, required, text, url } from "./rules.ts";

const id = text({ max: LIMITS.identifier });
const style = object({
  bold: bool,
  code: bool,
  italic: bool,
  strike: bool,
  underline: bool,
  highlight: bool,
  client_highlight: bool,
  unlink: bool,
});

function styled(type: string, fields: Fields): Rule {
  return object({ type: required(oneOf([type])), style, ...fields });
}

const INLINE: { readonly [type: string]: Rule } = {
  text: styled("text", { text: required(text({ max: LIMITS.messageText })) }),
  link: styled("link", {
    url: required(url(LIMITS.buttonUrl)),
    text: text({ min: 0, max: LIMITS.sectionText }),
    unsafe: bool,
  }),
  user: styled("user", { user_id: required(id) }),
  usergroup: styled("usergroup", { usergroup_id: required(id) }),
  channel: styled("channel", { channel_id: required(id) }),
  team: styled("team", { team_id: required(id) }),
  emoji: styled("emoji", { name: required(id), unicode: id, url: url(LIMITS.imageUrl), skin_tone: number() }),
  broadcast: styled("broadcast", { range: required(oneOf(["here", "channel", "everyone"])) }),
  color: styled("color", { value: required(id) }),
  date: styled("date", {
    timestamp: required(number()),
    format: required(text({ max: LIMITS.sectionText })),
    url: url(LIMITS.imageUrl),
    fallback: text({ min: 0, max: LIMITS.sectionText }),
  }),
};

const inline = byType(() => INLINE);
const border = oneOf([0, 1]);
const section = object({ type: required(oneOf(["rich_text_section"])), elements: required(list(inline)) });

const PARTS: { readonly [type: string]: Rule } = {
  rich_text_section: section,
  rich_text_list: object({
    type: required(oneOf(["rich_text_list"])),
    elements: required(list(byType(() => ({ rich_text_section: section })))),
    style: required(oneOf(["bullet", "ordered"])),
    indent: number({ min: 0 }),
    offset: number({ min: 0 }),
    border,
  }),
  rich_text_quote: object({ type: required(oneOf(["rich_text_quote"])), elements: required(list(inline)), border }),
  rich_text_preformatted: object({
    type: required(oneOf(["rich_text_preformatted"])),
    elements: required(list(byType(() => ({ text: INLINE["text"] ?? inline, link: INLINE["link"] ?? inline })))),
    language: id,
    border,
  }),
};

/** A rich_text block, wherever it stands. */
export const richTextBlock: Rule = byType(() => ({
  rich_text: object({
    type: required(oneOf(["rich_text"])),
    block_id: id,
    elements: required(list(byType(() => PARTS))),
  }),
}));
