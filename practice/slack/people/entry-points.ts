import type { Context } from "#practice/slack/context.ts";
import { emitEvent } from "#practice/slack/delivery/events.ts";
import { type JsonObject, objectsAt, stringAt } from "#practice/slack/json.ts";
import { APP, CREDENTIALS, TEAM } from "#practice/slack/workspace.ts";
import { placedElements } from "#practice/slack/world/block-elements.ts";
import { openDirectChannel } from "#practice/slack/world/post.ts";
import type { Channel, Message, Person } from "#practice/slack/world/records.ts";
import { messageOnWire, viewOnWire } from "#practice/slack/world/wire.ts";
import { openView } from "./actions.ts";
import { actionTs, channelPart, interactionBase } from "./payloads.ts";
import { isExternal } from "#practice/slack/world/people-on-wire.ts";
import { HumanError, actingPerson, joinedChannel, placeName } from "./refusals.ts";
import { type Report, notSent, reportOf } from "./report.ts";
import { initialValues } from "./values.ts";

/** A person opens the app's Home tab. */
export async function openHome(ctx: Context, user: string): Promise<Report> {
  const person = actingPerson(ctx, user);
  if (isExternal(person)) return notSent("not_allowed", "This app is installed in another workspace.");
  const channel = openDirectChannel(ctx, person.id).id;
  const view = ctx.world.views.get(ctx.world.homes.get(person.id) ?? "");
  const isFirst = !ctx.world.homeOpened.has(person.id);
  ctx.world.homeOpened.add(person.id);
  const event = { type: "app_home_opened", user: person.id, channel, tab: "home" };
  const shown = isFirst || view === undefined ? {} : { view: viewOnWire(view, initialValues(view)) };
  const outcome = await emitEvent(ctx, "app_home_opened", { ...event, ...shown });
  if (outcome === undefined) return { delivered: false, ack_ms: null, answer: null, shown: null };
  // A late or lost event is retried and the person sees nothing of it.
  return { ...reportOf(outcome, { late: "", unreachable: "" }), shown: null };
}

/** A person uses a global shortcut, or a message shortcut when `channel` and `ts` are given. */
export async function useShortcut(
  ctx: Context,
  deed: {
    readonly user: string;
    readonly callback_id: string;
    readonly channel?: string | undefined;
    readonly ts?: string | undefined;
  },
): Promise<Report> {
  const person = actingPerson(ctx, deed.user);
  const type = deed.channel === undefined ? "global" : "message";
  const shortcut = ctx.manifest.shortcuts.find((it) => it.callback_id === deed.callback_id && it.type === type);
  if (shortcut === undefined) {
    throw new HumanError(404, "no_such_shortcut", `the manifest has no ${type} shortcut ${deed.callback_id}`);
  }
  if (isExternal(person)) return notSent("not_allowed", "This app is installed in another workspace.");
  const base = {
    token: CREDENTIALS.verification_token,
    action_ts: actionTs(ctx),
    ...interactionBase(ctx, person),
    callback_id: shortcut.callback_id,
    trigger_id: ctx.triggers.make(person.id),
  };
  const payload =
    deed.channel === undefined
      ? { ...base, type: "shortcut" }
      : {
          ...base,
          type: "message_action",
          ...messagePart(ctx, person, joinedChannel(ctx, person, deed.channel), deed.ts ?? ""),
        };
  const outcome = await ctx.delivery.deliver({ kind: "interactive", acceptsResponse: false, retry: 0, payload });
  const text = `${shortcut.name} failed because the app did not respond.`;
  return reportOf(outcome, { late: text, unreachable: text });
}

/** A person types into an external select; the app answers the options, at most 100. */
export async function askOptions(
  ctx: Context,
  deed: {
    readonly user: string;
    readonly action_id: string;
    readonly value: string;
    readonly channel?: string | undefined;
    readonly ts?: string | undefined;
    readonly view_id?: string | undefined;
  },
): Promise<Report> {
  const person = actingPerson(ctx, deed.user);
  const { blocks, part } = suggestionPlace(ctx, person, deed);
  const placed = placedElements(blocks).find((it) => it.actionId === deed.action_id);
  const isExternalSelect = stringAt(placed?.element ?? {}, "type")?.endsWith("external_select") === true;
  if (placed === undefined || !isExternalSelect) {
    throw new HumanError(409, "no_such_button", `${person.name} sees no external select ${deed.action_id} there`);
  }
  const outcome = await ctx.delivery.deliver({
    kind: "interactive",
    acceptsResponse: true,
    retry: 0,
    payload: {
      type: "block_suggestion",
      ...interactionBase(ctx, person),
      action_id: deed.action_id,
      block_id: placed.blockId,
      value: deed.value,
      ...part,
    },
  });
  return reportOf(outcome, { late: "Couldn't load options.", unreachable: "Couldn't load options." });
}

/** A person's client reloads: what was ephemeral is gone. */
export function reload(ctx: Context, user: string): JsonObject {
  const person = actingPerson(ctx, user);
  const dropped = ctx.world.dropEphemerals(person.id);
  if (dropped > 0) ctx.changes.announce({ what: "messages" });
  return { ok: true, dropped };
}

function messagePart(ctx: Context, person: Person, channel: Channel, ts: string): JsonObject {
  const message = visibleMessage(ctx, person, channel, ts);
  const target = {
    user: person.id,
    channel: channel.id,
    message: { ts: message.ts, isEphemeral: message.ephemeral_to !== undefined, threadTs: message.thread_ts },
  };
  return {
    channel: channelPart(channel),
    message_ts: message.ts,
    message: messageOnWire(ctx.world, message, ctx.address()),
    response_url: ctx.address() + ctx.responseUrls.make("app", TEAM.id, target),
  };
}

function suggestionPlace(
  ctx: Context,
  person: Person,
  deed: {
    readonly channel?: string | undefined;
    readonly ts?: string | undefined;
    readonly view_id?: string | undefined;
  },
): { readonly blocks: readonly JsonObject[]; readonly part: JsonObject } {
  if (deed.view_id !== undefined) {
    const view = openView(ctx, person, deed.view_id);
    const part = { container: { type: "view", view_id: view.id }, view: viewOnWire(view, initialValues(view)) };
    return { blocks: objectsAt(view.content, "blocks"), part };
  }
  const channel = joinedChannel(ctx, person, deed.channel ?? "");
  const message = visibleMessage(ctx, person, channel, deed.ts ?? "");
  const container = {
    type: "message",
    message_ts: message.ts,
    channel_id: channel.id,
    is_ephemeral: message.ephemeral_to !== undefined,
  };
  return {
    blocks: message.blocks ?? [],
    part: {
      container,
      channel: channelPart(channel),
      message: messageOnWire(ctx.world, message, ctx.address()),
      app_id: APP.id,
    },
  };
}

function visibleMessage(ctx: Context, person: Person, channel: Channel, ts: string): Message {
  const message = ctx.world.findMessage(channel.id, ts) ?? ctx.world.findEphemeral(channel.id, ts, person.id);
  if (message !== undefined) return message;
  throw new HumanError(404, "message_not_found", `${person.name} sees no message ${ts} in ${placeName(channel)}`);
}
