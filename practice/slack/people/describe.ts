import type { Context } from "#practice/slack/context.ts";
import { type JsonObject, defined } from "#practice/slack/json.ts";
import { APP, PARTNER_TEAM, TEAM } from "#practice/slack/workspace.ts";
import { isExternal } from "#practice/slack/world/people-on-wire.ts";
import type { Group, Person } from "#practice/slack/world/records.ts";

/** `GET /practice/state`: everything a page or script needs to know before it acts. */
export function describeState(ctx: Context): JsonObject {
  const { world } = ctx;
  const groups = [...world.groups.values()].filter((group) => group.is_gone !== true);
  return {
    team: TEAM,
    teams: [TEAM, PARTNER_TEAM],
    people: [...world.people.values()].map((person) => describePerson(person, groups)),
    channels: [...world.channels.values()].map((channel) => defined({ ...channel, is_im: channel.kind === "im" })),
    groups,
    bot: {
      user_id: APP.bot_user_id,
      bot_id: APP.bot_id,
      app_id: APP.id,
      name: APP.name,
      delivery: ctx.delivery.mode,
      connections: ctx.delivery.connections(),
    },
    faults: ctx.faults.describe(),
    rate_limits: ctx.faults.rateLimits,
    commands: ctx.manifest.commands.map(({ command, description, usage_hint }) => ({
      command,
      description,
      usage_hint,
    })),
    shortcuts: ctx.manifest.shortcuts,
    home_enabled: ctx.manifest.isHomeEnabled,
    takes_direct_messages: ctx.manifest.takesDirectMessages,
    enterprise: world.enterprise ?? null,
  };
}

/** A person with what is worked out from elsewhere: whether they are external, and their user groups. */
export function describePerson(person: Person, groups: readonly Group[]): JsonObject {
  const own = groups.filter((group) => group.users.includes(person.id)).map((group) => group.id);
  return { ...person, is_external: isExternal(person), groups: own };
}
