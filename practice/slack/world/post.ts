import type { Context } from "#practice/slack/context.ts";
import { emitMessageEvents } from "#practice/slack/delivery/events.ts";
import type { JsonObject } from "#practice/slack/json.ts";
import { APP } from "#practice/slack/workspace.ts";
import { fillIn } from "./block-elements.ts";
import { noticesFor } from "./mentions.ts";
import type { Channel, Message } from "./records.ts";
import type { World } from "./world.ts";

/** What somebody wants to post. */
export type Draft = {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly blocks?: readonly JsonObject[] | undefined;
  readonly attachments?: readonly JsonObject[] | undefined;
  readonly metadata?: JsonObject | undefined;
  readonly thread_ts?: string | undefined;
  readonly is_broadcast?: boolean | undefined;
  readonly subtype?: string | undefined;
  readonly files?: readonly string[] | undefined;
  readonly ephemeral_to?: string | undefined;
};

/** Posts a message: stores it, notifies the people whom it mentions, tells open pages and the app. */
export function post(ctx: Context, draft: Draft): Message {
  const { world } = ctx;
  const message: Message = {
    channel: draft.channel,
    ts: world.nextTs(ctx.now()),
    user: draft.user,
    by_app: draft.user === APP.bot_user_id,
    text: draft.text,
    blocks:
      draft.blocks === undefined || draft.blocks.length === 0
        ? undefined
        : fillIn(draft.blocks, () => world.nextNumber()),
    attachments: draft.attachments,
    metadata: draft.metadata,
    thread_ts: draft.thread_ts,
    is_broadcast: draft.is_broadcast === true,
    subtype: draft.is_broadcast === true ? "thread_broadcast" : draft.subtype,
    files: draft.files ?? [],
    reactions: [],
    is_pinned: false,
    ephemeral_to: draft.ephemeral_to,
  };
  world.addMessage(message);
  const notices = noticesFor(world, message);
  world.addNotices(notices);
  ctx.changes.announce({ what: "messages", channel: message.channel });
  if (notices.length > 0) ctx.changes.announce({ what: "notifications", channel: message.channel });
  emitMessageEvents(ctx, message);
  return message;
}

/** The direct conversation of a person with the bot, if it was ever opened. */
export function directChannelOf(world: World, user: string): Channel | undefined {
  return [...world.channels.values()].find((it) => it.kind === "im" && it.user === user);
}

/** Opens the direct conversation of a person with the bot, or finds the one that is open. */
export function openDirectChannel(ctx: Context, user: string): Channel {
  const { world } = ctx;
  const open = directChannelOf(world, user);
  if (open !== undefined) return open;
  const readable = user.replace(/^[UW]/u, "D");
  const channel: Channel = {
    // Ids that differ only in U and W would meet here.
    id: world.channels.has(readable) ? world.nextId("D") : readable,
    name: "directmessage",
    kind: "im",
    user,
    members: [user, APP.bot_user_id],
    topic: "",
    is_archived: false,
    is_general: false,
    is_ext_shared: false,
    created: Math.floor(ctx.now() / 1_000),
  };
  world.channels.set(channel.id, channel);
  ctx.changes.announce({ what: "state" });
  return channel;
}
