import type { Context } from "#practice/slack/context.ts";
import { emitEvent } from "#practice/slack/delivery/events.ts";
import { TEAM } from "#practice/slack/workspace.ts";
import { personOnWire } from "#practice/slack/world/people-on-wire.ts";
import type { Channel, Group, Person } from "#practice/slack/world/records.ts";
import { HumanError, knownPerson } from "./refusals.ts";

const LONG_AGO = 1_700_000_000;

/** Changes a channel that exists; answers it as it is then. */
export function changeChannel(ctx: Context, id: string, change: (channel: Channel) => Channel): Channel {
  const channel = ctx.world.channels.get(id);
  if (channel === undefined) throw new HumanError(404, "channel_not_found", `there is no channel ${id}`);
  const changed = change(channel);
  ctx.world.channels.set(id, changed);
  return changed;
}

/** Keeps a person as they are from now on, and tells the app as Slack does: `user_change`, or `team_join` for a new one. */
export function changePerson(ctx: Context, person: Person): void {
  const type = ctx.world.people.has(person.id) ? "user_change" : "team_join";
  ctx.world.people.set(person.id, person);
  const cacheTs = Math.floor(ctx.now() / 1_000);
  void emitEvent(ctx, type, { type, user: personOnWire(ctx.world, person), cache_ts: cacheTs });
}

/** Changes who is in a user group that exists, and tells the app who came and went. */
export function setMembers(ctx: Context, id: string, users: readonly string[]): Group {
  const group = ctx.world.groups.get(id);
  if (group === undefined) throw new HumanError(404, "no_such_subteam", `there is no user group ${id}`);
  for (const user of users) knownPerson(ctx, user);
  const changed = { ...group, users: [...new Set(users)] };
  ctx.world.groups.set(id, changed);
  const added = changed.users.filter((user) => !group.users.includes(user));
  const removed = group.users.filter((user) => !changed.users.includes(user));
  if (added.length === 0 && removed.length === 0) return changed;
  void emitEvent(ctx, "subteam_members_changed", {
    type: "subteam_members_changed",
    subteam_id: id,
    team_id: TEAM.id,
    date_previous_update: LONG_AGO,
    date_update: Math.floor(ctx.now() / 1_000),
    added_users: added,
    added_users_count: added.length,
    removed_users: removed,
    removed_users_count: removed.length,
  });
  return changed;
}
