import type { JsonObject } from "#practice/slack/json.ts";
import { APP } from "#practice/slack/workspace.ts";
import type { Message } from "#practice/slack/world/records.ts";
import { type Call, SlackError, joinedChannelArg, messageArg, requiredArg } from "./call.ts";

/** reactions.add. */
export function addReaction(call: Call): JsonObject {
  const { message, name, users } = readReaction(call);
  if (users.includes(APP.bot_user_id)) throw new SlackError("already_reacted");
  return setReaction(call, message, { name, users: [...users, APP.bot_user_id] });
}

/** reactions.remove. */
export function removeReaction(call: Call): JsonObject {
  const { message, name, users } = readReaction(call);
  if (!users.includes(APP.bot_user_id)) throw new SlackError("no_reaction");
  return setReaction(call, message, { name, users: users.filter((user) => user !== APP.bot_user_id) });
}

/** pins.add. */
export function addPin(call: Call): JsonObject {
  return setPin(call, { pinned: true, refusal: "already_pinned" });
}

/** pins.remove. */
export function removePin(call: Call): JsonObject {
  return setPin(call, { pinned: false, refusal: "no_pin" });
}

type Reaction = Message["reactions"][number];

function readReaction(call: Call): Reaction & { readonly message: Message } {
  const channel = joinedChannelArg(call);
  const name = requiredArg(call, "name").replaceAll(":", "");
  if (!/^[\w+'-]+$/u.test(name)) throw new SlackError("invalid_name");
  const message = messageArg(call, channel.id, "timestamp");
  return { message, name, users: message.reactions.find((it) => it.name === name)?.users ?? [] };
}

function setReaction(call: Call, message: Message, reaction: Reaction): JsonObject {
  const others = message.reactions.filter((it) => it.name !== reaction.name);
  const reactions = reaction.users.length === 0 ? others : [...others, reaction];
  return change(call, message, { ...message, reactions });
}

function setPin(call: Call, wish: { readonly pinned: boolean; readonly refusal: string }): JsonObject {
  const message = messageArg(call, joinedChannelArg(call).id, "timestamp");
  if (message.is_pinned === wish.pinned) throw new SlackError(wish.refusal);
  return change(call, message, { ...message, is_pinned: wish.pinned });
}

function change(call: Call, before: Message, after: Message): JsonObject {
  call.ctx.world.replaceMessage(before, after);
  call.ctx.changes.announce({ what: "messages", channel: after.channel });
  return {};
}
