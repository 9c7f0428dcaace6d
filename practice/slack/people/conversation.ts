import type { Context } from "#practice/slack/context.ts";
import type { JsonObject } from "#practice/slack/json.ts";
import { post } from "#practice/slack/world/post.ts";
import type { Channel, Message, Person, View } from "#practice/slack/world/records.ts";
import { messageOnWire, viewOnWire } from "#practice/slack/world/wire.ts";
import { HumanError, actingPerson, joinedChannel, knownPerson, placeName } from "./refusals.ts";
import { type Report, notSent } from "./report.ts";
import { typedMessage } from "./typed-text.ts";
import { initialValues } from "./values.ts";

/** The newest messages of a channel or thread that one answer carries. */
const MAX_SHOWN = 1_000;

/** What stands in the place of the composer where the manifest makes the Messages tab read-only. */
export const TURNED_OFF = "Sending messages to this app has been turned off.";

/** A person writes a message; the app hears of it only by events that its manifest subscribes to. */
export function writeMessage(
  ctx: Context,
  deed: {
    readonly user: string;
    readonly channel: string;
    readonly text: string;
    readonly thread_ts?: string | undefined;
  },
): Report {
  const person = actingPerson(ctx, deed.user);
  const channel = joinedChannel(ctx, person, deed.channel);
  if (channel.is_archived) return notSent("is_archived", "This channel is archived.");
  if (channel.kind === "im" && !ctx.manifest.takesDirectMessages) return notSent("restricted_action", TURNED_OFF);
  if (deed.text.trim() === "") return notSent("no_text", "A message needs text.");
  const parent = deed.thread_ts === undefined ? undefined : ctx.world.findMessage(channel.id, deed.thread_ts);
  if (deed.thread_ts !== undefined && parent === undefined) {
    throw new HumanError(404, "thread_not_found", `there is no message ${deed.thread_ts} in ${placeName(channel)}`);
  }
  const message = post(ctx, {
    channel: channel.id,
    user: person.id,
    text: typedMessage(ctx.world, deed.text),
    thread_ts: parent?.thread_ts ?? parent?.ts,
  });
  return { delivered: true, ack_ms: null, answer: null, shown: null, ts: message.ts };
}

/** What a person sees of a channel or thread, oldest first, ephemerals included. */
export function readMessages(
  ctx: Context,
  query: { readonly user: string; readonly channel: string; readonly threadTs: string | undefined },
): readonly JsonObject[] {
  const person = actingPerson(ctx, query.user);
  const channel = joinedChannel(ctx, person, query.channel);
  const isWanted = (message: Message): boolean =>
    query.threadTs === undefined
      ? isTopLevel(message)
      : message.ts === query.threadTs || message.thread_ts === query.threadTs;
  return visibleTo(ctx, person, channel)
    .filter(isWanted)
    .sort((a, b) => Number(a.ts) - Number(b.ts))
    .slice(-MAX_SHOWN)
    .map((message) => shownMessage(ctx, message));
}

/** The modals that a person has open (the top one last) and their published home. */
export function readViews(ctx: Context, user: string): JsonObject {
  const person = knownPerson(ctx, user);
  const { world } = ctx;
  const modals = (world.stacks.get(person.id) ?? [])
    .map((id) => world.views.get(id))
    .filter((view) => view !== undefined);
  const home = world.views.get(world.homes.get(person.id) ?? "");
  return {
    modals: modals.map((view) => shownView(view)),
    home: home === undefined ? null : viewOnWire(home, initialValues(home)),
  };
}

function shownMessage(ctx: Context, message: Message): JsonObject {
  const place = { channel: message.channel, is_ephemeral: message.ephemeral_to !== undefined };
  return { ...messageOnWire(ctx.world, message, ctx.address()), ...place };
}

function shownView(view: View): JsonObject {
  return { ...viewOnWire(view, initialValues(view)), errors: view.errors };
}

function isTopLevel(message: Message): boolean {
  return message.thread_ts === undefined || message.thread_ts === message.ts || message.is_broadcast;
}

function visibleTo(ctx: Context, person: Person, channel: Channel): Message[] {
  const { messages, ephemerals } = ctx.world;
  return [
    ...messages.filter((it) => it.channel === channel.id),
    ...ephemerals.filter((it) => it.channel === channel.id && it.ephemeral_to === person.id),
  ];
}
