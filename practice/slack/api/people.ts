import type { JsonObject } from "#practice/slack/json.ts";
import { TEAM } from "#practice/slack/workspace.ts";
import { groupOnWire, personOnWire } from "#practice/slack/world/people-on-wire.ts";
import type { Group } from "#practice/slack/world/records.ts";
import { type Call, SlackError, countArg, flagArg, page, personArg, requiredArg } from "./call.ts";

/** users.info: locale only on request and only for people of the own workspace. */
export function usersInfo(call: Call): JsonObject {
  const person = personArg(call);
  const hasLocale = flagArg(call, "include_locale") && person.team_id === TEAM.id;
  return { user: { ...personOnWire(call.ctx.world, person), ...(hasLocale ? { locale: "en-GB" } : {}) } };
}

/** users.list, in pages. */
export function usersList(call: Call): JsonObject {
  const all = [...call.ctx.world.people.values()];
  const { items, next } = page(call, all, countArg(call, "limit", { default: 1_000, max: 1_000 }));
  return {
    members: items.map((person) => personOnWire(call.ctx.world, person)),
    cache_ts: Math.floor(call.ctx.now() / 1_000),
    response_metadata: { next_cursor: next },
  };
}

/** users.lookupByEmail: people of the own workspace only. */
export function lookupByEmail(call: Call): JsonObject {
  const email = requiredArg(call, "email");
  const person = [...call.ctx.world.people.values()].find(
    (it) => it.team_id === TEAM.id && !it.is_bot && !it.deleted && `${it.name}@acme.example` === email,
  );
  if (person === undefined) throw new SlackError("users_not_found");
  return { user: personOnWire(call.ctx.world, person) };
}

/** usergroups.list: disabled groups only on request. */
export function usergroupsList(call: Call): JsonObject {
  const withUsers = flagArg(call, "include_users");
  const all = [...call.ctx.world.groups.values()].filter((group) => isListed(call, group));
  return { usergroups: all.map((group) => groupOnWire(group, { withUsers })) };
}

/** usergroups.users.list: a disabled group is no group, unless disabled ones are asked for. */
export function usergroupsUsersList(call: Call): JsonObject {
  const group = call.ctx.world.groups.get(requiredArg(call, "usergroup"));
  if (group === undefined || !isListed(call, group)) throw new SlackError("no_such_subteam");
  return { users: group.users };
}

function isListed(call: Call, group: Group): boolean {
  return group.is_gone !== true && (group.is_disabled !== true || flagArg(call, "include_disabled"));
}
