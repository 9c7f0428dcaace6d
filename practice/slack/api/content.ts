import { type MessageContent, validateMessage } from "#src/slack/block-kit/validate.ts";
import { type JsonObject, isObject, stringAt } from "#practice/slack/json.ts";
import { type Call, SlackError, flagArg, jsonArg, objectsArg, problemMessages, textArg } from "./call.ts";

const MAX_ATTACHMENTS = 100;
const MAX_TEXT = 40_000;
const MAX_MARKDOWN_TEXT = 12_000;
/** Slack publishes no number for `metadata_too_large`; this one is ours. */
const MAX_METADATA_BYTES = 16 * 1024;

/** The content of a message that the app wants to post or change; absent parts were not given. */
export type Content = {
  readonly text: string | undefined;
  readonly blocks: readonly JsonObject[] | undefined;
  readonly attachments: readonly JsonObject[] | undefined;
  readonly metadata: JsonObject | undefined;
  readonly warnings: readonly string[];
};

/** Reads and checks the content arguments that chat.postMessage, update and postEphemeral share. */
export function readContent(call: Call): Content {
  const blocks = readBlocks(call);
  const attachments = readAttachments(call);
  const whole = readText(call, blocks);
  const text = whole?.slice(0, MAX_TEXT);
  const content = { text, blocks, attachments, metadata: readMetadata(call), warnings: [] };
  const warnings = [
    ...(isBlank(text) && !isEmptyContent(content) ? ["missing_text_in_message"] : []),
    ...(whole !== text ? ["message_truncated"] : []),
  ];
  return { ...content, warnings };
}

function readText(call: Call, blocks: Content["blocks"]): string | undefined {
  const markdown = textArg(call, "markdown_text");
  const text = textArg(call, "text");
  const linksNames = flagArg(call, "link_names") || textArg(call, "parse") === "full";
  if (markdown === undefined) return linksNames && text !== undefined ? linkNames(call, text) : text;
  if (text !== undefined || blocks !== undefined) throw new SlackError("markdown_text_conflict");
  if (markdown.length > MAX_MARKDOWN_TEXT) throw new SlackError("msg_too_long");
  return markdown;
}

function readAttachments(call: Call): Content["attachments"] {
  const attachments = objectsArg(call, "attachments", "invalid_attachments");
  if (attachments !== undefined && attachments.length > MAX_ATTACHMENTS) throw new SlackError("too_many_attachments");
  return attachments;
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}

/** Whether there is anything to show. */
export function isEmptyContent(content: Content): boolean {
  return isBlank(content.text) && (content.blocks ?? []).length === 0 && (content.attachments ?? []).length === 0;
}

/** Answers `invalid_blocks` with pointers when the blocks break a rule of Block Kit. */
export function checkBlocks(content: MessageContent): void {
  const problems = validateMessage(content);
  if (problems.length === 0) return;
  const errors = problems.map((problem) => `${problem.message} [json-pointer:${problem.pointer}]`);
  throw new SlackError("invalid_blocks", { errors, response_metadata: { messages: problemMessages(problems) } });
}

function readBlocks(call: Call): readonly JsonObject[] | undefined {
  const blocks = jsonArg(call, "blocks", "invalid_blocks_format");
  if (blocks === undefined) return undefined;
  if (!Array.isArray(blocks)) throw new SlackError("invalid_blocks_format");
  checkBlocks({ blocks });
  return blocks.filter(isObject);
}

function readMetadata(call: Call): JsonObject | undefined {
  const metadata = jsonArg(call, "metadata", "invalid_metadata_format");
  if (metadata === undefined) return undefined;
  if (!isObject(metadata)) throw new SlackError("invalid_metadata_format");
  if (Object.keys(metadata).length === 0) return metadata;
  const isComplete = stringAt(metadata, "event_type") !== undefined && isObject(metadata["event_payload"]);
  if (!isComplete && metadata["entities"] === undefined) throw new SlackError("invalid_metadata_format");
  if (JSON.stringify(metadata).length > MAX_METADATA_BYTES) throw new SlackError("metadata_too_large");
  return metadata;
}

/** What `link_names` and `parse: "full"` make of bare names; more than Slack's newest documents promise, to be safe. */
function linkNames(call: Call, text: string): string {
  const people = [...call.ctx.world.people.values()];
  const groups = [...call.ctx.world.groups.values()];
  return text.replaceAll(/(?<![\w<])@(?<name>[\w.-]+)/gu, (whole, name: string) => {
    if (name === "here" || name === "channel" || name === "everyone") return `<!${name}>`;
    const person = people.find((it) => it.name === name);
    if (person !== undefined) return `<@${person.id}>`;
    const group = groups.find((it) => it.handle === name);
    return group === undefined ? whole : `<!subteam^${group.id}>`;
  });
}
