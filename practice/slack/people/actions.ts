import type { Context } from "#practice/slack/context.ts";
import { type JsonObject, defined, objectsAt, stringAt } from "#practice/slack/json.ts";
import { TEAM } from "#practice/slack/workspace.ts";
import { type PlacedElement, placedElements } from "#practice/slack/world/block-elements.ts";
import type { Channel, Message, Person, View } from "#practice/slack/world/records.ts";
import { messageOnWire, viewOnWire } from "#practice/slack/world/wire.ts";
import { actionTs, channelPart, interactionBase } from "./payloads.ts";
import { HumanError, actingPerson, joinedChannel, placeName } from "./refusals.ts";
import { type Report, notSent, reportOf } from "./report.ts";
import { optionsOf, stateValues, valueOf } from "./values.ts";

/** What a person clicks or picks: in a message (`channel` and `ts`) or in a view (`view_id`). */
export type ActionDeed = {
  readonly user: string;
  readonly channel?: string | undefined;
  readonly ts?: string | undefined;
  readonly view_id?: string | undefined;
  readonly action_id: string;
  readonly block_id?: string | undefined;
  readonly value?: string | undefined;
  readonly selected?: unknown;
  /** What the other inputs of the message or view hold now, by block and action. */
  readonly values?: JsonObject | undefined;
  /** Clicks as a client that has not refreshed: earlier versions of the message count too. */
  readonly stale?: boolean | undefined;
};

/** What Slack shows beside a button whose click the app did not acknowledge. */
const NOT_ACKNOWLEDGED = "This app didn't respond. Something went wrong, try again.";

const NOT_INTERACTIVE = "This app is not configured to handle interactive responses.";

/** A person uses an interactive element; confirm dialogs count as confirmed. */
export async function act(ctx: Context, deed: ActionDeed): Promise<Report> {
  if (!ctx.manifest.isInteractive) return notSent("interactivity_disabled", NOT_INTERACTIVE);
  const payload = actionPayload(ctx, deed);
  const outcome = await ctx.delivery.deliver({ kind: "interactive", acceptsResponse: false, retry: 0, payload });
  return reportOf(outcome, { late: NOT_ACKNOWLEDGED, unreachable: NOT_ACKNOWLEDGED });
}

/** The payload of a click or pick; throws HumanError when this person can not do that there. */
export function actionPayload(ctx: Context, deed: ActionDeed): JsonObject {
  const person = actingPerson(ctx, deed.user);
  const part = deed.view_id === undefined ? inMessage(ctx, person, deed) : inView(ctx, person, deed, deed.view_id);
  return { type: "block_actions", ...interactionBase(ctx, person), ...part };
}

function inMessage(ctx: Context, person: Person, deed: ActionDeed): JsonObject {
  const channel = joinedChannel(ctx, person, deed.channel ?? "");
  const { message, placed } = findInMessages(ctx, person, channel, deed);
  const isEphemeral = message.ephemeral_to !== undefined;
  const target = {
    user: person.id,
    channel: channel.id,
    message: { ts: message.ts, isEphemeral, threadTs: message.thread_ts },
  };
  return {
    container: defined({
      type: "message",
      message_ts: message.ts,
      thread_ts: message.thread_ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
    }),
    trigger_id: ctx.triggers.make(person.id),
    channel: channelPart(channel),
    message: isEphemeral ? ephemeralPart(ctx, message) : messageOnWire(ctx.world, message, ctx.address()),
    state: { values: stateWith(message.blocks ?? [], placed, deed) },
    response_url: ctx.address() + ctx.responseUrls.make("actions", TEAM.id, target),
    actions: [actionPart(ctx, placed, deed)],
  };
}

/** Ephemeral messages come back without their blocks. */
function ephemeralPart(ctx: Context, message: Message): JsonObject {
  const { blocks: _, bot_profile: __, ...rest } = messageOnWire(ctx.world, message, ctx.address());
  return rest;
}

function findInMessages(
  ctx: Context,
  person: Person,
  channel: Channel,
  deed: ActionDeed,
): { readonly message: Message; readonly placed: PlacedElement } {
  const { world } = ctx;
  const ts = deed.ts ?? "";
  const now = world.findMessage(channel.id, ts) ?? world.findEphemeral(channel.id, ts, person.id);
  const past = world.past.filter(
    (it) => it.ts === ts && it.channel === channel.id && (it.ephemeral_to ?? person.id) === person.id,
  );
  const candidates = deed.stale === true ? [now, ...past.toReversed()] : [now];
  const found = candidates.flatMap((message) => {
    const placed = message === undefined ? undefined : findElement(message.blocks ?? [], deed);
    return message === undefined || placed === undefined ? [] : [{ message, placed }];
  });
  // A client that has not refreshed sends the value of the button that it still shows.
  const shown = deed.stale === true ? found.find(({ placed }) => placed.element["value"] === deed.value) : undefined;
  const [newest] = found;
  if (newest !== undefined) return shown ?? newest;
  throw noSuchButton(person, deed, `message ${ts} of ${placeName(channel)}`);
}

function inView(ctx: Context, person: Person, deed: ActionDeed, viewId: string): JsonObject {
  const view = openView(ctx, person, viewId);
  const blocks = objectsAt(view.content, "blocks");
  const placed = findElement(blocks, deed);
  if (placed === undefined) throw noSuchButton(person, deed, `view ${viewId}`);
  return {
    container: { type: "view", view_id: view.id },
    trigger_id: ctx.triggers.make(person.id, view.id),
    view: viewOnWire(view, stateWith(blocks, placed, deed)),
    actions: [actionPart(ctx, placed, deed)],
  };
}

/** Finds a view that is open for this person, or their home. */
export function openView(ctx: Context, person: Person, viewId: string): View {
  const view = ctx.world.views.get(viewId);
  if (view !== undefined && view.user === person.id) return view;
  throw new HumanError(
    409,
    "no_such_view",
    `${person.name} has no view ${viewId} open; GET /practice/views?user=${person.id} lists them`,
  );
}

function findElement(blocks: readonly JsonObject[], deed: ActionDeed): PlacedElement | undefined {
  return placedElements(blocks).find(
    (it) =>
      it.actionId === deed.action_id && (deed.block_id === undefined || it.blockId === deed.block_id) && dispatches(it),
  );
}

/** Elements of input blocks dispatch only when the block says so. */
function dispatches(placed: PlacedElement): boolean {
  return placed.block["type"] !== "input" || placed.block["dispatch_action"] === true;
}

function stateWith(blocks: readonly JsonObject[], placed: PlacedElement, deed: ActionDeed): JsonObject {
  const chosen = deed.selected ?? deed.value;
  const given = deed.values ?? {};
  if (chosen === undefined) return stateValues(blocks, given);
  const inBlock = given[placed.blockId];
  const merged = { ...(typeof inBlock === "object" ? inBlock : {}), [placed.actionId]: chosen };
  return stateValues(blocks, { ...given, [placed.blockId]: merged });
}

function actionPart(ctx: Context, placed: PlacedElement, deed: ActionDeed): JsonObject {
  const { element } = placed;
  const type = stringAt(element, "type") ?? "";
  const base = { type, action_id: placed.actionId, block_id: placed.blockId, action_ts: actionTs(ctx) };
  if (type === "button" || type === "workflow_button" || type === "icon_button") {
    return defined({
      ...base,
      text: element["text"],
      value: element["value"],
      style: element["style"],
      url: element["url"],
    });
  }
  if (type === "feedback_buttons") return { ...base, value: deed.value ?? String(deed.selected) };
  const chosen = deed.selected ?? deed.value ?? null;
  const known = optionsOf(element);
  const isFixed = known.length > 0 && !Array.isArray(chosen) && chosen !== null;
  if (isFixed && !known.some((option) => stringAt(option, "value") === optionValue(chosen))) {
    throw new HumanError(409, "no_such_option", `${placed.actionId} has no option ${optionValue(chosen)}`);
  }
  return { ...base, ...valueOf(element, chosen), placeholder: element["placeholder"] };
}

function optionValue(chosen: unknown): string {
  if (typeof chosen === "object" && chosen !== null && "value" in chosen) return String(chosen.value);
  return String(chosen);
}

function noSuchButton(person: Person, deed: ActionDeed, place: string): HumanError {
  const where = deed.block_id === undefined ? "" : ` in block ${deed.block_id}`;
  return new HumanError(
    409,
    "no_such_button",
    `${person.name} sees no element ${deed.action_id}${where} in ${place} now`,
  );
}
