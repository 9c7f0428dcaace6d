import type { Context } from "#practice/slack/context.ts";
import type { JsonObject } from "#practice/slack/json.ts";
import { APP, CREDENTIALS, TEAM } from "#practice/slack/workspace.ts";
import type { Channel, Person } from "#practice/slack/world/records.ts";

/**
 * What every interaction payload carries: `user.team_id` is the person's own team, `team` is always ours. An app that is
 * installed in a whole Grid organisation gets no team at all.
 */
export function interactionBase(ctx: Context, person: Person): JsonObject {
  const { enterprise } = ctx.world;
  const ofGrid = enterprise === undefined ? null : { id: enterprise.id, name: enterprise.name };
  const named = ofGrid === null ? {} : { enterprise_id: ofGrid.id, enterprise_name: ofGrid.name };
  const isOrgWide = enterprise?.is_org_wide === true;
  return {
    team: isOrgWide ? null : { id: TEAM.id, domain: TEAM.domain, ...named },
    user: { id: person.id, username: person.name, name: person.name, team_id: person.team_id },
    api_app_id: APP.id,
    token: CREDENTIALS.verification_token,
    enterprise: ofGrid,
    is_enterprise_install: isOrgWide,
  };
}

/** The channel of a payload. */
export function channelPart(channel: Channel): JsonObject {
  return { id: channel.id, name: channel.kind === "im" ? "directmessage" : channel.name };
}

/** The timestamp of an action in Slack's form. */
export function actionTs(ctx: Context): string {
  return ctx.world.nextTs(ctx.now());
}
