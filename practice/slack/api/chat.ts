import { type JsonObject, defined } from "#practice/slack/json.ts";
import { APP } from "#practice/slack/workspace.ts";
import { fillIn } from "#practice/slack/world/block-elements.ts";
import { openDirectChannel, post } from "#practice/slack/world/post.ts";
import type { Channel, Message } from "#practice/slack/world/records.ts";
import { messageOnWire } from "#practice/slack/world/wire.ts";
import {
  type Call,
  SlackError,
  channelArg,
  flagArg,
  joinedChannelArg,
  messageArg,
  requiredArg,
  textArg,
} from "./call.ts";
import { type Content, isEmptyContent, readContent } from "./content.ts";

const MAX_UPDATE_TEXT = 4_000;

/** chat.postMessage: a user id as channel opens the direct conversation. */
export function postMessage(call: Call): JsonObject {
  const { ctx } = call;
  const channel = targetChannel(call);
  const content = readContent(call);
  if (isEmptyContent(content)) throw new SlackError("no_text");
  const message = post(ctx, {
    channel: channel.id,
    user: APP.bot_user_id,
    text: content.text ?? "",
    blocks: content.blocks,
    attachments: content.attachments,
    metadata: content.metadata,
    thread_ts: threadArg(call, channel.id),
    is_broadcast: flagArg(call, "reply_broadcast") && textArg(call, "thread_ts") !== undefined,
  });
  return {
    channel: channel.id,
    ts: message.ts,
    message: messageOnWire(ctx.world, message, ctx.address()),
    ...warned(content.warnings),
  };
}

/** chat.postEphemeral: shown to one person of the channel, kept nowhere. */
export function postEphemeral(call: Call): JsonObject {
  const { ctx } = call;
  const channel = joinedChannelArg(call);
  if (channel.is_archived) throw new SlackError("is_archived");
  const user = requiredArg(call, "user");
  if (!channel.members.includes(user)) throw new SlackError("user_not_in_channel");
  const content = readContent(call);
  if (isEmptyContent(content)) throw new SlackError("no_text");
  const message = post(ctx, {
    channel: channel.id,
    user: APP.bot_user_id,
    text: content.text ?? "",
    blocks: content.blocks,
    attachments: content.attachments,
    thread_ts: threadArg(call, channel.id),
    ephemeral_to: user,
  });
  return { message_ts: message.ts, ...warned(content.warnings) };
}

/** chat.update: own messages only; text without blocks removes the blocks; omitted metadata stays, `{}` removes it. */
export function update(call: Call): JsonObject {
  const { ctx } = call;
  const channel = channelArg(call);
  const message = messageArg(call, channel.id, "ts");
  if (!message.by_app) throw new SlackError("cant_update_message");
  if (channel.is_archived) throw new SlackError("is_inactive");
  const content = readContent(call);
  if ((content.text ?? "").length > MAX_UPDATE_TEXT) throw new SlackError("msg_too_long");
  const changed = changeContent(call, message, content);
  ctx.world.replaceMessage(message, changed);
  ctx.changes.announce({ what: "messages", channel: channel.id });
  return {
    channel: channel.id,
    ts: changed.ts,
    text: changed.text,
    message: messageOnWire(ctx.world, changed, ctx.address()),
    ...warned(content.warnings),
  };
}

function changeContent(call: Call, message: Message, content: Content): Message {
  const isBroadcast = flagArg(call, "reply_broadcast") && message.thread_ts !== undefined;
  const isUntouched = content.text === undefined && content.blocks === undefined && content.attachments === undefined;
  const changesNothing = isUntouched && content.metadata === undefined && !isBroadcast;
  if (changesNothing || (!isUntouched && isEmptyContent(content))) throw new SlackError("no_text");
  const changed: Message = {
    ...message,
    metadata: changedMetadata(message, content),
    is_broadcast: message.is_broadcast || isBroadcast,
  };
  return isUntouched ? changed : { ...changed, ...changedBody(call, message, content) };
}

/** Omitted metadata stays, `{}` removes it. */
function changedMetadata(message: Message, content: Content): Message["metadata"] {
  if (content.metadata === undefined) return message.metadata;
  return Object.keys(content.metadata).length === 0 ? undefined : content.metadata;
}

/** Text without blocks removes the blocks and marks the message as edited; blocks leave no such mark. */
function changedBody(call: Call, message: Message, content: Content): Partial<Message> {
  const { world, now } = call.ctx;
  const { attachments, blocks } = content;
  if (blocks === undefined || blocks.length === 0) {
    const edited = { user: APP.bot_id, ts: world.nextTs(now()) };
    return { text: content.text ?? message.text, blocks: undefined, attachments, edited };
  }
  return { text: content.text ?? "", blocks: fillIn(blocks, () => world.nextNumber()), attachments };
}

/** chat.delete: own messages only. */
export function remove(call: Call): JsonObject {
  const channel = channelArg(call);
  const message = messageArg(call, channel.id, "ts");
  if (!message.by_app) throw new SlackError("cant_delete_message");
  call.ctx.world.removeMessage(message);
  call.ctx.changes.announce({ what: "messages", channel: channel.id });
  return { channel: channel.id, ts: message.ts };
}

/** chat.getPermalink: points to the practice page. */
export function getPermalink(call: Call): JsonObject {
  const channel = channelArg(call);
  const message = messageArg(call, channel.id, "message_ts");
  const thread = message.thread_ts === undefined ? "" : `?thread_ts=${message.thread_ts}&cid=${channel.id}`;
  const permalink = `${call.ctx.address()}/archives/${channel.id}/p${message.ts.replace(".", "")}${thread}`;
  return { channel: channel.id, permalink };
}

function targetChannel(call: Call): Channel {
  const { world } = call.ctx;
  const id = requiredArg(call, "channel");
  const byName = [...world.channels.values()].find((it) => it.kind === "channel" && `#${it.name}` === id);
  const channel = byName ?? directTarget(call, id) ?? world.channels.get(id);
  if (channel === undefined) throw new SlackError("channel_not_found");
  if (channel.is_archived) throw new SlackError("is_archived");
  if (channel.kind === "im" && !call.ctx.manifest.hasMessagesTab) throw new SlackError("messages_tab_disabled");
  const isOpenToAll = call.ctx.manifest.scopes.includes("chat:write.public") && channel.kind === "channel";
  if (!channel.members.includes(APP.bot_user_id) && !isOpenToAll) throw new SlackError("not_in_channel");
  return channel;
}

/**
 * The direct conversation with the person of a user id. A deactivated person's takes messages that nobody will read, as
 * Slack's does (python-slack-sdk, issue 1156); one between two bots cannot exist.
 */
function directTarget(call: Call, id: string): Channel | undefined {
  const person = call.ctx.world.people.get(id);
  if (person === undefined) return undefined;
  if (person.is_bot) throw new SlackError("cannot_dm_bot");
  return openDirectChannel(call.ctx, id);
}

/** The thread to reply in: the parent, also when the timestamp of a reply was given; a missing parent is an error. */
function threadArg(call: Call, channel: string): string | undefined {
  const ts = textArg(call, "thread_ts");
  if (ts === undefined || ts === "") return undefined;
  const parent = call.ctx.world.findMessage(channel, ts);
  if (parent === undefined) throw new SlackError("cannot_reply_to_message");
  return parent.thread_ts ?? parent.ts;
}

function warned(warnings: readonly string[]): JsonObject {
  if (warnings.length === 0) return {};
  return defined({ warning: warnings.join(","), response_metadata: { warnings } });
}
