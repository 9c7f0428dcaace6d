import { z } from "zod";
import type { Context } from "#practice/slack/context.ts";
import { emitEvent } from "#practice/slack/delivery/events.ts";
import type { JsonObject } from "#practice/slack/json.ts";
import { APP, PARTNER_TEAM } from "#practice/slack/workspace.ts";
import { isExternal } from "#practice/slack/world/people-on-wire.ts";
import { knownPerson } from "./refusals.ts";
import { changeChannel, changePerson, setMembers } from "./world-changes.ts";

const count = z.number().int().min(0).max(10_000);
const milliseconds = z.number().int().min(0).max(60_000);

const failure = z.strictObject({
  method: z.string().optional(),
  count: count.default(1),
  status: z.number().int().min(400).max(599).default(500),
  error: z
    .string()
    .regex(/^[a-z_]{3,60}$/u)
    .optional(),
  after_ms: milliseconds.default(0),
});

/** The body of `POST /practice/faults`: every key is optional, an unknown key is an error. */
export const faultsSchema = z
  .strictObject({
    drop_sockets: z.boolean(),
    refresh_sockets: z.boolean(),
    no_socket: z.boolean(),
    slow_ms: milliseconds,
    fail_next: z.union([failure, z.array(failure).max(20)]),
    lose_response_next: z.strictObject({ method: z.string().optional(), count: count.default(1) }),
    duplicate_delivery_next: count,
    delay_delivery_ms: milliseconds,
    bad_signature_next: z.union([z.boolean(), count]),
    replay_last: z.boolean(),
    clock_skew_s: z.number().int().min(-86_400).max(86_400),
    revoke_token: z.boolean(),
    archive_channel: z.union([
      z.string(),
      z.strictObject({ channel: z.string(), archived: z.boolean().default(true) }),
    ]),
    remove_bot: z.strictObject({ channel: z.string(), removed: z.boolean().default(true) }),
    share_channel: z.strictObject({ channel: z.string(), shared: z.boolean() }),
    rename_user: z.strictObject({ user: z.string(), display_name: z.string(), real_name: z.string().optional() }),
    set_group: z.strictObject({ group: z.string(), users: z.array(z.string()) }),
    deactivate: z.strictObject({ user: z.string(), deleted: z.boolean() }),
    rate_limits: z.enum(["off", "real", "harsh"]),
    reset: z.boolean(),
  })
  .partial();
type FaultsWish = z.infer<typeof faultsSchema>;

/** Applies the switches of one request, in a fixed order with `reset` first; answers what is armed now and what was done. */
export function applyFaults(ctx: Context, wish: FaultsWish): JsonObject {
  if (wish.reset === true) ctx.faults.reset();
  armNetwork(ctx, wish);
  armCalls(ctx, wish);
  const done = { ...cutSockets(ctx, wish), ...changeWorld(ctx, wish) };
  ctx.changes.announce({ what: "state" });
  return { faults: ctx.faults.describe(), connections: ctx.delivery.connections(), ...done };
}

function armNetwork(ctx: Context, wish: FaultsWish): void {
  const { faults } = ctx;
  faults.hasNoSocket = wish.no_socket ?? faults.hasNoSocket;
  faults.slowMs = wish.slow_ms ?? faults.slowMs;
  faults.delayDeliveryMs = wish.delay_delivery_ms ?? faults.delayDeliveryMs;
  faults.duplicateNext = wish.duplicate_delivery_next ?? faults.duplicateNext;
  faults.clockSkewS = wish.clock_skew_s ?? faults.clockSkewS;
  faults.rateLimits = wish.rate_limits ?? faults.rateLimits;
  if (wish.bad_signature_next !== undefined) faults.badSignatureNext = Number(wish.bad_signature_next);
}

function armCalls(ctx: Context, wish: FaultsWish): void {
  const { faults } = ctx;
  for (const each of [wish.fail_next ?? []].flat()) faults.armFailure(each);
  if (wish.lose_response_next !== undefined) {
    faults.armLostResponse(wish.lose_response_next.method, wish.lose_response_next.count);
  }
  if (wish.revoke_token === undefined) return;
  faults.isTokenRevoked = wish.revoke_token;
  if (wish.revoke_token)
    void emitEvent(ctx, "tokens_revoked", { type: "tokens_revoked", tokens: { oauth: [], bot: [APP.bot_user_id] } });
}

function cutSockets(ctx: Context, wish: FaultsWish): JsonObject {
  return {
    ...(wish.drop_sockets === true || wish.no_socket === true ? { dropped_sockets: ctx.delivery.dropSockets() } : {}),
    ...(wish.refresh_sockets === true ? { refreshed_sockets: ctx.delivery.refreshSockets() } : {}),
    ...(wish.replay_last === true ? { replayed: ctx.delivery.replayLast() } : {}),
  };
}

function changeWorld(ctx: Context, wish: FaultsWish): JsonObject {
  if (wish.archive_channel !== undefined) archive(ctx, wish.archive_channel);
  if (wish.remove_bot !== undefined) removeBot(ctx, wish.remove_bot);
  if (wish.share_channel !== undefined) shareChannel(ctx, wish.share_channel);
  if (wish.rename_user !== undefined) {
    const { user, display_name, real_name } = wish.rename_user;
    const person = knownPerson(ctx, user);
    changePerson(ctx, { ...person, display_name, real_name: real_name ?? person.real_name });
  }
  if (wish.set_group !== undefined) setMembers(ctx, wish.set_group.group, wish.set_group.users);
  if (wish.deactivate !== undefined) {
    changePerson(ctx, { ...knownPerson(ctx, wish.deactivate.user), deleted: wish.deactivate.deleted });
  }
  return {};
}

function archive(ctx: Context, wish: NonNullable<FaultsWish["archive_channel"]>): void {
  const { channel: id, archived } = typeof wish === "string" ? { channel: wish, archived: true } : wish;
  const channel = changeChannel(ctx, id, (it) => ({ ...it, is_archived: archived }));
  const type = archived ? "channel_archive" : "channel_unarchive";
  void emitEvent(ctx, type, { type, channel: channel.id, user: "U0ALICE01" });
}

function removeBot(ctx: Context, wish: { readonly channel: string; readonly removed: boolean }): void {
  changeChannel(ctx, wish.channel, (it) => {
    const others = it.members.filter((user) => user !== APP.bot_user_id);
    return { ...it, members: wish.removed ? others : [...others, APP.bot_user_id] };
  });
}

/** Sharing lets the partner's people in, unsharing takes them out. */
function shareChannel(ctx: Context, wish: { readonly channel: string; readonly shared: boolean }): void {
  const partners = [...ctx.world.people.values()].filter((it) => isExternal(it)).map((it) => it.id);
  const channel = changeChannel(ctx, wish.channel, (it) => {
    const own = it.members.filter((user) => !partners.includes(user));
    return { ...it, is_ext_shared: wish.shared, members: wish.shared ? [...own, ...partners] : own };
  });
  const type = wish.shared ? "channel_shared" : "channel_unshared";
  void emitEvent(ctx, type, { type, connected_team_id: PARTNER_TEAM.id, channel: channel.id });
}
