import type { JsonObject } from "#practice/slack/json.ts";
import { APP } from "#practice/slack/workspace.ts";
import { directChannelOf, openDirectChannel } from "#practice/slack/world/post.ts";
import type { Channel, Message, Person } from "#practice/slack/world/records.ts";
import { channelOnWire, messageOnWire } from "#practice/slack/world/wire.ts";
import { type Call, SlackError, channelArg, countArg, flagArg, page, requiredArg, textArg } from "./call.ts";

/** conversations.info. */
export function info(call: Call): JsonObject {
  return { channel: channelOnWire(call.ctx.world, seenChannelArg(call, "read")) };
}

/** conversations.members, in pages. */
export function members(call: Call): JsonObject {
  const channel = seenChannelArg(call, "read");
  const { items, next } = page(call, channel.members, countArg(call, "limit", { default: 100, max: 1_000 }));
  return { members: items, response_metadata: { next_cursor: next } };
}

/** conversations.list: public channels and the bot's direct conversations. */
export function list(call: Call): JsonObject {
  return pageOfChannels(call, () => true);
}

/** users.conversations: what the bot itself is a member of. */
export function own(call: Call): JsonObject {
  return pageOfChannels(call, ({ members: those }) => those.includes(APP.bot_user_id));
}

function pageOfChannels(call: Call, isMeant: (channel: Channel) => boolean): JsonObject {
  const types = new Set((textArg(call, "types") ?? "public_channel").split(",").map((type) => type.trim()));
  const hidesArchived = flagArg(call, "exclude_archived");
  const all = [...call.ctx.world.channels.values()].filter(
    (it) => isMeant(it) && types.has(it.kind === "im" ? "im" : "public_channel") && !(hidesArchived && it.is_archived),
  );
  const { items, next } = page(call, all, countArg(call, "limit", { default: 100, max: 1_000 }));
  return {
    channels: items.map((channel) => channelOnWire(call.ctx.world, channel)),
    response_metadata: { next_cursor: next },
  };
}

/** conversations.open: the direct conversation with one person. */
export function open(call: Call): JsonObject {
  const channel = textArg(call, "channel");
  if (channel !== undefined && channel !== "") return opened(call, channelArg(call), { wasOpen: true });
  const users = (textArg(call, "users") ?? "").split(",").filter((user) => user !== "");
  const [user] = users;
  if (user === undefined) throw new SlackError("users_list_not_supplied");
  // Conversations of several people are not part of this workspace.
  if (users.length > 1) throw new SlackError("method_not_supported_for_channel_type");
  refuseDirectWith(call.ctx.world.people.get(user));
  const wasOpen = directChannelOf(call.ctx.world, user) !== undefined;
  return opened(call, openDirectChannel(call.ctx, user), { wasOpen });
}

function refuseDirectWith(person: Person | undefined): void {
  if (person === undefined) throw new SlackError("user_not_found");
  if (person.is_bot) throw new SlackError("cannot_dm_bot");
  if (person.deleted) throw new SlackError("user_disabled");
  if (person.is_stranger) throw new SlackError("user_not_visible");
}

function opened(call: Call, channel: Channel, { wasOpen }: { readonly wasOpen: boolean }): JsonObject {
  const shown = flagArg(call, "return_im") ? channelOnWire(call.ctx.world, channel) : { id: channel.id };
  return { ...(wasOpen ? { no_op: true, already_open: true } : {}), channel: shown };
}

/** conversations.join. */
export function join(call: Call): JsonObject {
  const { world, changes } = call.ctx;
  const channel = channelArg(call);
  if (channel.kind === "im") throw new SlackError("method_not_supported_for_channel_type");
  if (channel.is_archived) throw new SlackError("is_archived");
  if (channel.members.includes(APP.bot_user_id)) {
    return {
      channel: channelOnWire(world, channel),
      warning: "already_in_channel",
      response_metadata: { warnings: ["already_in_channel"] },
    };
  }
  const joined = { ...channel, members: [...channel.members, APP.bot_user_id] };
  world.channels.set(channel.id, joined);
  changes.announce({ what: "state" });
  return { channel: channelOnWire(world, joined) };
}

/** conversations.history: top-level messages and broadcast replies, newest first. */
export function history(call: Call): JsonObject {
  const channel = readableChannelArg(call);
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
  const channel = readableChannelArg(call);
  const named = call.ctx.world.findMessage(channel.id, requiredArg(call, "ts"));
  const parent = named?.thread_ts === undefined ? named : call.ctx.world.findMessage(channel.id, named.thread_ts);
  if (parent === undefined) throw new SlackError("thread_not_found");
  const inRange = call.ctx.world.replies(channel.id, parent.ts).filter(withinRange(call));
  return pageOfMessages(call, [parent, ...inRange], {});
}

/** Finds a channel; what may be read of it needs the scope of its kind, which the method's own check cannot know. */
function seenChannelArg(call: Call, right: "read" | "history"): Channel {
  const channel = channelArg(call);
  const needed = `${channel.kind === "im" ? "im" : "channels"}:${right}`;
  const { scopes } = call.ctx.manifest;
  if (scopes.includes(needed)) return channel;
  throw new SlackError("missing_scope", { needed, provided: scopes.join(",") });
}

function readableChannelArg(call: Call): Channel {
  const channel = seenChannelArg(call, "history");
  if (!channel.members.includes(APP.bot_user_id)) throw new SlackError("not_in_channel");
  return channel;
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
