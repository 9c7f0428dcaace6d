import type { Context } from "#practice/slack/context.ts";
import type { JsonObject } from "#practice/slack/json.ts";
import type { Outcome } from "./delivery.ts";
import { APP, CREDENTIALS, TEAM } from "#practice/slack/workspace.ts";
import type { Message } from "#practice/slack/world/records.ts";
import { mentionsUser } from "#practice/slack/world/mentions.ts";
import { messageOnWire } from "#practice/slack/world/wire.ts";

/** When an event that was not acknowledged is sent again: at once, after 1 minute, after 5 minutes (docs.slack.dev, Events API). */
const RETRY_AFTER_MS = [0, 60_000, 300_000];

/**
 * Sends an event to the app if its manifest subscribes to it; answers what became of the first attempt, undefined when
 * nobody subscribed. Retries go on as Slack's do, in the background. Never rejects.
 */
export async function emitEvent(ctx: Context, subscription: string, event: JsonObject): Promise<Outcome | undefined> {
  if (!ctx.manifest.events.has(subscription)) return undefined;
  const nowMs = ctx.now();
  const { enterprise } = ctx.world;
  const enterpriseId = enterprise?.id ?? null;
  const isOrgWide = enterprise?.is_org_wide === true;
  const payload = {
    token: CREDENTIALS.verification_token,
    team_id: TEAM.id,
    context_team_id: TEAM.id,
    context_enterprise_id: enterpriseId,
    ...(enterprise === undefined ? {} : { enterprise_id: enterprise.id }),
    api_app_id: APP.id,
    event: { event_ts: ctx.world.nextTs(nowMs), ...event },
    type: "event_callback",
    event_id: ctx.world.nextId("Ev"),
    event_time: Math.floor(nowMs / 1_000),
    authorizations: [
      {
        enterprise_id: enterpriseId,
        team_id: isOrgWide ? null : TEAM.id,
        user_id: APP.bot_user_id,
        is_bot: true,
        is_enterprise_install: isOrgWide,
      },
    ],
    is_ext_shared_channel: isExternallyShared(ctx, event["channel"]),
    event_context: `4-${ctx.world.nextNumber()}`,
  };
  return attempt(ctx, payload, 0);
}

/** Announces a new message by the `message` event and, when the bot is named in it, by `app_mention` too. */
export function emitMessageEvents(ctx: Context, message: Message): void {
  const channel = ctx.world.channels.get(message.channel);
  if (channel === undefined || !channel.members.includes(APP.bot_user_id) || message.ephemeral_to !== undefined) return;
  const isIm = channel.kind === "im";
  const event = { ...messageOnWire(ctx.world, message, ctx.address()), channel: channel.id, event_ts: message.ts };
  void emitEvent(ctx, isIm ? "message.im" : "message.channels", { ...event, channel_type: isIm ? "im" : "channel" });
  if (!isIm && message.user !== APP.bot_user_id && mentionsUser(message, APP.bot_user_id)) {
    void emitEvent(ctx, "app_mention", { ...event, type: "app_mention" });
  }
}

async function attempt(ctx: Context, payload: JsonObject, retry: number): Promise<Outcome> {
  const outcome = await ctx.delivery.deliver({ kind: "events_api", payload, acceptsResponse: false, retry });
  const pauseMs = RETRY_AFTER_MS[retry];
  if (outcome.kind !== "acked" && pauseMs !== undefined) {
    setTimeout(() => void attempt(ctx, payload, retry + 1), pauseMs).unref();
  }
  return outcome;
}

function isExternallyShared(ctx: Context, channel: unknown): boolean {
  return typeof channel === "string" && ctx.world.channels.get(channel)?.is_ext_shared === true;
}
