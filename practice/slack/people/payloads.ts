import type { Context } from "#practice/slack/context.ts";
import type { JsonObject } from "#practice/slack/json.ts";
import { APP, CREDENTIALS, TEAM } from "#practice/slack/workspace.ts";
import type { Channel, Person } from "#practice/slack/world/records.ts";

/** What every interaction payload carries; `user.team_id` is the person's own team, `team` is always ours. */
export function interactionBase(person: Person): JsonObject {
  return {
    team: { id: TEAM.id, domain: TEAM.domain },
    user: { id: person.id, username: person.name, name: person.name, team_id: person.team_id },
    api_app_id: APP.id,
    token: CREDENTIALS.verification_token,
    enterprise: null,
    is_enterprise_install: false,
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
