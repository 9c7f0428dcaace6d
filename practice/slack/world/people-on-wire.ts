import { type JsonObject, defined } from "#practice/slack/json.ts";
import { APP, TEAM } from "#practice/slack/workspace.ts";
import type { Group, Person } from "./records.ts";
import type { World } from "./world.ts";

/** Whether somebody belongs to another company (Slack Connect); other teams of the own organisation do not count. */
export function isExternal(person: Person): boolean {
  return person.team_id !== TEAM.id && person.enterprise_user?.teams.includes(TEAM.id) !== true;
}

/** A person as `users.info` shows them; people of the partner carry no e-mail and no locale. */
export function personOnWire(world: World, person: Person): JsonObject {
  const isForeign = isExternal(person);
  return defined({
    id: person.id,
    team_id: person.team_id,
    name: person.name,
    deleted: person.deleted,
    color: "4bbe2e",
    real_name: person.real_name,
    tz: person.tz,
    tz_label: person.tz,
    tz_offset: zoneOffsetS(person.tz),
    profile: defined({
      real_name: person.real_name,
      real_name_normalized: person.real_name,
      display_name: person.display_name,
      display_name_normalized: person.display_name,
      email: isForeign || person.is_bot ? undefined : `${person.name}@acme.example`,
      ...(person.is_bot ? botIds(person) : {}),
      status_text: "",
      status_emoji: "",
      team: person.team_id,
    }),
    is_admin: person.is_admin,
    is_owner: person.is_owner === true,
    is_primary_owner: false,
    is_restricted: person.is_restricted,
    is_ultra_restricted: person.is_ultra_restricted,
    is_bot: person.is_bot,
    is_app_user: person.is_app_user === true,
    is_stranger: isForeign || person.is_stranger ? person.is_stranger : undefined,
    updated: 1_700_000_000,
    is_email_confirmed: !isForeign,
    who_can_share_contact_card: "EVERYONE",
    enterprise_user: enterpriseUser(world, person),
  });
}

function botIds(person: Person): JsonObject {
  if (person.id === APP.bot_user_id) return { bot_id: APP.bot_id, api_app_id: APP.id };
  return { bot_id: person.id.replace(/^[UW]/u, "B"), api_app_id: person.id.replace(/^[UW]/u, "A") };
}

/** On Enterprise Grid everybody of the organisation has one; elsewhere only who was given one. */
function enterpriseUser(world: World, person: Person): JsonObject | undefined {
  const { enterprise } = world;
  const ours = { id: person.id, enterprise_id: enterprise?.id ?? "", teams: [TEAM.id] };
  const own = person.enterprise_user ?? (enterprise === undefined || isExternal(person) ? undefined : ours);
  if (own === undefined) return undefined;
  const name = own.enterprise_id === enterprise?.id ? enterprise.name : own.enterprise_id;
  return { ...own, enterprise_name: name, is_admin: person.is_admin, is_owner: false, is_primary_owner: false };
}

/** The zone's offset from UTC now, in seconds. */
function zoneOffsetS(zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts();
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  const match = /GMT(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d)/u.exec(name);
  if (match?.groups === undefined) return 0;
  const seconds = Number(match.groups["hours"]) * 3_600 + Number(match.groups["minutes"]) * 60;
  return match.groups["sign"] === "-" ? -seconds : seconds;
}

/** A user group as `usergroups.list` shows it. */
export function groupOnWire(group: Group, options: { readonly withUsers: boolean }): JsonObject {
  return defined({
    id: group.id,
    team_id: TEAM.id,
    is_usergroup: true,
    is_subteam: true,
    name: group.name,
    description: "",
    handle: group.handle,
    is_external: false,
    date_create: 1_700_000_000,
    date_update: 1_700_000_000,
    date_delete: group.is_disabled === true ? 1_700_000_000 : 0,
    auto_type: null,
    created_by: "U0ALICE01",
    updated_by: "U0ALICE01",
    deleted_by: group.is_disabled === true ? "U0ALICE01" : null,
    prefs: { channels: [], groups: [] },
    user_count: group.users.length,
    users: options.withUsers ? group.users : undefined,
  });
}
