import type { JsonObject } from "#practice/slack/json.ts";
import { APP } from "#practice/slack/workspace.ts";
import { openDirectChannel } from "#practice/slack/world/post.ts";
import type { Message } from "#practice/slack/world/records.ts";
import { channelOnWire, messageOnWire } from "#practice/slack/world/wire.ts";
import {
  type Call,
  SlackError,
  channelArg,
  countArg,
  flagArg,
  joinedChannelArg,
  page,
  requiredArg,
  textArg,
} from "./call.ts";

/** conversations.info. */
export function info(call: Call): JsonObject {
  return { channel: channelOnWire(channelArg(call)) };
}

/** conversations.members, in pages. */
export function members(call: Call): JsonObject {
  const channel = channelArg(call);
  const { items, next } = page(call, channel.members, countArg(call, "limit", { default: 100, max: 1_000 }));
  return { members: items, response_metadata: { next_cursor: next } };
}

/** conversations.list: public channels and the bot's direct conversations. */
export function list(call: Call): JsonObject {
  const types = new Set((textArg(call, "types") ?? "public_channel").split(",").map((type) => type.trim()));
  const hidesArchived = flagArg(call, "exclude_archived");
  const all = [...call.ctx.world.channels.values()].filter(
    (it) => types.has(it.kind === "im" ? "im" : "public_channel") && !(hidesArchived && it.is_archived),
  );
  const { items, next } = page(call, all, countArg(call, "limit", { default: 100, max: 1_000 }));
  return { channels: items.map(channelOnWire), response_metadata: { next_cursor: next } };
}

/** conversations.open: the direct conversation with one person. */
export function open(call: Call): JsonObject {
  const channel = textArg(call, "channel");
  if (channel !== undefined && channel !== "") return { channel: channelOnWire(channelArg(call)) };
  const users = requiredArg(call, "users").split(",");
  const user = users[0] ?? "";
  if (users.length !== 1) throw new SlackError("method_not_supported_for_channel_type");
  const person = call.ctx.world.people.get(user);
  if (person === undefined) throw new SlackError("user_not_found");
  if (person.deleted) throw new SlackError("user_disabled");
  const id = openDirectChannel(call.ctx, user);
  return { no_op: true, already_open: true, channel: { id } };
}

/** conversations.join. */
export function join(call: Call): JsonObject {
  const { world, changes } = call.ctx;
  const channel = channelArg(call);
  if (channel.kind === "im") throw new SlackError("method_not_supported_for_channel_type");
  if (channel.is_archived) throw new SlackError("is_archived");
  if (channel.members.includes(APP.bot_user_id)) {
    return {
      channel: channelOnWire(channel),
      warning: "already_in_channel",
      response_metadata: { warnings: ["already_in_channel"] },
    };
  }
  const joined = { ...channel, members: [...channel.members, APP.bot_user_id] };
  world.channels.set(channel.id, joined);
  changes.announce({ what: "state" });
  return { channel: channelOnWire(joined) };
}

/** conversations.history: top-level messages and broadcast replies, newest first. */
export function history(call: Call): JsonObject {
  const channel = joinedChannelArg(call);
  const all = call.ctx.world.messages
    .filter(
      (it) => it.channel === channel.id && (it.thread_ts === undefined || it.thread_ts === it.ts || it.is_broadcast),
    )
    .filter(withinRange(call))
    .reverse();
  return pageOfMessages(call, all, {
    pin_count: all.filter((it) => it.is_pinned).length,
    channel_actions_ts: null,
    channel_actions_count: 0,
  });
}

/** conversations.replies: the parent first, then its replies, oldest first. */
export function replies(call: Call): JsonObject {
  const channel = joinedChannelArg(call);
  const named = call.ctx.world.findMessage(channel.id, requiredArg(call, "ts"));
  const parent = named?.thread_ts === undefined ? named : call.ctx.world.findMessage(channel.id, named.thread_ts);
  if (parent === undefined) throw new SlackError("thread_not_found");
  const inRange = call.ctx.world.replies(channel.id, parent.ts).filter(withinRange(call));
  return pageOfMessages(call, [parent, ...inRange], {});
}

function withinRange(call: Call): (message: Message) => boolean {
  const oldest = Number(textArg(call, "oldest") ?? "0");
  const latest = Number(textArg(call, "latest") ?? "Infinity");
  const isInclusive = flagArg(call, "inclusive");
  if (Number.isNaN(oldest)) throw new SlackError("invalid_ts_oldest");
  if (Number.isNaN(latest)) throw new SlackError("invalid_ts_latest");
  return (message) => {
    const ts = Number(message.ts);
    return isInclusive ? ts >= oldest && ts <= latest : ts > oldest && ts < latest;
  };
}

function pageOfMessages(call: Call, all: readonly Message[], extra: JsonObject): JsonObject {
  const { world, address } = call.ctx;
  const { items, next } = page(call, all, countArg(call, "limit", { default: 100, max: 999 }));
  const withMetadata = flagArg(call, "include_all_metadata");
  const messages = items.map((message) =>
    messageOnWire(world, withMetadata ? message : { ...message, metadata: undefined }, address()),
  );
  return { messages, has_more: next !== "", ...extra, response_metadata: { next_cursor: next } };
}
