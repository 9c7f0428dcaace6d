import { z } from "zod";
import type { Context } from "#practice/slack/context.ts";
import { emitEvent } from "#practice/slack/delivery/events.ts";
import type { JsonObject } from "#practice/slack/json.ts";
import { APP, PARTNER_TEAM, TEAM } from "#practice/slack/workspace.ts";
import { groupOnWire, isExternal } from "#practice/slack/world/people-on-wire.ts";
import { type Channel, type Group, type Person, personSchema } from "#practice/slack/world/records.ts";
import { channelOnWire } from "#practice/slack/world/wire.ts";
import { describePerson } from "./describe.ts";
import { HumanError, knownPerson } from "./refusals.ts";
import { changeChannel, changePerson, setMembers } from "./world-changes.ts";

/** More would make every answer of `GET /practice/state` slow; the practice workspace is a small company. */
const MAX_OF_A_KIND = 1_000;
const DEFAULT_ENTERPRISE = { id: "E0ACME001", name: "Acme Group" };

const plain = {
  team_id: TEAM.id,
  deleted: false,
  is_bot: false,
  is_app_user: false,
  is_restricted: false,
  is_ultra_restricted: false,
  is_stranger: false,
  is_admin: false,
  is_owner: false,
};
const kinds = [
  "member",
  "admin",
  "owner",
  "guest",
  "single_channel_guest",
  "deactivated",
  "bot",
  "app_user",
  "external",
  "stranger",
] as const;

/** What `users.info` says of each kind; a kind that is given sets all of these. */
const KINDS: Readonly<Record<(typeof kinds)[number], Partial<Person>>> = {
  member: plain,
  admin: { ...plain, is_admin: true },
  owner: { ...plain, is_admin: true, is_owner: true },
  guest: { ...plain, is_restricted: true },
  single_channel_guest: { ...plain, is_restricted: true, is_ultra_restricted: true },
  deactivated: { ...plain, deleted: true },
  bot: { ...plain, is_bot: true },
  app_user: { ...plain, is_app_user: true },
  external: { ...plain, team_id: PARTNER_TEAM.id },
  stranger: { ...plain, team_id: PARTNER_TEAM.id, is_stranger: true },
};

const word = z.string().min(1).max(80);
const idOf = (prefix: string, example: string): z.ZodString =>
  z.string().regex(new RegExp(`^[${prefix}][A-Z0-9]{2,20}$`, "u"), `must be an id such as ${example}`);
const userId = idOf("UW", "U0NINA001");
const userIds = z.array(userId).max(MAX_OF_A_KIND);
const flag = z.boolean().optional();

/** The body of `POST /practice/people`: makes a person, or changes one who is there. */
export const personWishSchema = z.strictObject({
  user: userId,
  kind: z.enum(kinds).optional(),
  name: word.optional(),
  real_name: word.optional(),
  display_name: word.optional(),
  role: word.optional(),
  tz: z
    .string()
    .refine((zone) => zone === "UTC" || Intl.supportedValuesOf("timeZone").includes(zone), "must be a time zone")
    .optional(),
  team_id: idOf("TE", "T0OTHER01").optional(),
  deleted: flag,
  is_bot: flag,
  is_app_user: flag,
  is_restricted: flag,
  is_ultra_restricted: flag,
  is_stranger: flag,
  is_admin: flag,
  is_owner: flag,
  enterprise_user: z
    .strictObject({ id: userId.optional(), enterprise_id: idOf("E", "E0ACME001").optional(), teams: z.array(word) })
    .partial()
    .nullable()
    .optional(),
  channels: z.array(word).optional(),
});

/** The body of `POST /practice/groups`: makes a user group, or changes one that is there. */
export const groupWishSchema = z.strictObject({
  group: idOf("S", "S0DBA0001"),
  handle: word.optional(),
  name: word.optional(),
  users: userIds.optional(),
  add: userIds.default([]),
  remove: userIds.default([]),
  disabled: flag,
  gone: flag,
});

/** The body of `POST /practice/channels`: makes a channel with the bot in it, or changes one that is there. */
export const channelWishSchema = z.strictObject({
  channel: idOf("C", "C0PRACTCE"),
  name: word.optional(),
  topic: z.string().max(250).optional(),
  add: userIds.default([]),
  remove: userIds.default([]),
  is_ext_shared: flag,
  is_pending_ext_shared: flag,
});

/** The body of `POST /practice/installation`: in which Enterprise Grid organisation the app is installed, and how. */
export const installationSchema = z.strictObject({
  enterprise: z
    .strictObject({ id: idOf("E", "E0ACME001"), name: word })
    .partial()
    .nullable(),
  org_wide: z.boolean().default(false),
});

/** Makes or changes a person; answers them as the state shows them. */
export function setPerson(ctx: Context, wish: z.infer<typeof personWishSchema>): JsonObject {
  const { user, kind, channels, enterprise_user: grid, ...fields } = wish;
  const { people } = ctx.world;
  if (user === APP.bot_user_id) throw new HumanError(403, "is_bot", "the app's own bot stays as it is");
  const before = people.get(user);
  if (before === undefined) refuseMore(people.size);
  const person = personSchema.parse({
    ...(before ?? newPerson(user, wish.name)),
    ...(kind === undefined ? {} : KINDS[kind]),
    ...fields,
    ...(grid === undefined ? {} : { enterprise_user: grid === null ? undefined : enterpriseUser(ctx, user, grid) }),
  });
  const joined = channels ?? (before === undefined ? usualChannels(ctx, person) : undefined);
  for (const id of joined ?? []) changeChannel(ctx, id, (channel) => channel);
  changePerson(ctx, person);
  if (joined !== undefined) joinExactly(ctx, user, joined);
  ctx.changes.announce({ what: "state" });
  return { person: describePerson(person, [...ctx.world.groups.values()]), channels: channelsOf(ctx, user) };
}

/** Makes or changes a user group; one that is `gone` answers `no_such_subteam` until it comes back. */
export function setGroup(ctx: Context, wish: z.infer<typeof groupWishSchema>): JsonObject {
  const { groups } = ctx.world;
  const isNew = !groups.has(wish.group);
  if (isNew) refuseMore(groups.size);
  const before = groups.get(wish.group) ?? newGroup(wish.group, wish.handle);
  const { handle = before.handle, name = before.name, users = before.users } = wish;
  const { disabled = before.is_disabled, gone = before.is_gone } = wish;
  const wanted = [...users, ...wish.add].filter((user) => !wish.remove.includes(user));
  for (const user of wanted) knownPerson(ctx, user);
  groups.set(before.id, { ...before, handle, name, is_disabled: disabled, is_gone: gone });
  const group = setMembers(ctx, before.id, wanted);
  const type = isNew ? "subteam_created" : "subteam_updated";
  void emitEvent(ctx, type, { type, subteam: groupOnWire(group, { withUsers: true }) });
  ctx.changes.announce({ what: "state" });
  return { group };
}

/** Makes or changes a channel; sharing by this changes the marks only, nobody comes in or leaves. */
export function setChannel(ctx: Context, wish: z.infer<typeof channelWishSchema>): JsonObject {
  const { channels } = ctx.world;
  for (const user of wish.add) knownPerson(ctx, user);
  if (!channels.has(wish.channel)) {
    refuseMore(channels.size);
    channels.set(wish.channel, newChannel(ctx, wish.channel));
  }
  const channel = changeChannel(ctx, wish.channel, (it) => ({
    ...it,
    name: wish.name ?? it.name,
    topic: wish.topic ?? it.topic,
    members: [...new Set([...it.members, ...wish.add])].filter((user) => !wish.remove.includes(user)),
    is_ext_shared: wish.is_ext_shared ?? it.is_ext_shared,
    is_pending_ext_shared: wish.is_pending_ext_shared ?? it.is_pending_ext_shared,
  }));
  ctx.changes.announce({ what: "state" });
  return { channel: channelOnWire(ctx.world, channel), members: channel.members };
}

/** Puts the workspace into a Grid organisation, or takes it out. */
export function setInstallation(ctx: Context, wish: z.infer<typeof installationSchema>): JsonObject {
  const { id = DEFAULT_ENTERPRISE.id, name = DEFAULT_ENTERPRISE.name } = wish.enterprise ?? {};
  ctx.world.enterprise = wish.enterprise === null ? undefined : { id, name, is_org_wide: wish.org_wide };
  ctx.changes.announce({ what: "state" });
  return { enterprise: ctx.world.enterprise ?? null };
}

function newPerson(id: string, given: string | undefined): Partial<Person> {
  const name = given ?? id.toLowerCase();
  return { ...KINDS.member, id, name, real_name: name, display_name: name, tz: "Europe/Berlin", role: "member" };
}

function newGroup(id: string, handle = id.toLowerCase()): Group {
  return { id, name: handle, handle, users: [] };
}

function newChannel(ctx: Context, id: string): Channel {
  return {
    id,
    name: id.toLowerCase(),
    kind: "channel",
    members: [APP.bot_user_id],
    topic: "",
    is_archived: false,
    is_general: false,
    is_ext_shared: false,
    created: Math.floor(ctx.now() / 1_000),
  };
}

type GridWish = NonNullable<z.infer<typeof personWishSchema>["enterprise_user"]>;

function enterpriseUser(ctx: Context, user: string, wish: GridWish): Person["enterprise_user"] {
  const enterprise = ctx.world.enterprise ?? DEFAULT_ENTERPRISE;
  return { id: wish.id ?? user, enterprise_id: wish.enterprise_id ?? enterprise.id, teams: wish.teams ?? [TEAM.id] };
}

/** Where Slack's invitation would have put somebody: guests into a few channels, externals into what is shared. */
function usualChannels(ctx: Context, person: Person): readonly string[] {
  const all = [...ctx.world.channels.values()].filter((it) => it.kind === "channel");
  if (person.is_bot || person.is_stranger) return [];
  if (isExternal(person)) return all.filter((it) => it.is_ext_shared).map((it) => it.id);
  if (person.is_ultra_restricted) return ["C0PRACTCE"];
  if (person.is_restricted) return ["C0PRACTCE", "C0GENERAL"];
  return all.map((it) => it.id);
}

function joinExactly(ctx: Context, user: string, joined: readonly string[]): void {
  for (const channel of ctx.world.channels.values()) {
    if (channel.kind === "im") continue;
    const others = channel.members.filter((it) => it !== user);
    changeChannel(ctx, channel.id, (it) => ({ ...it, members: joined.includes(it.id) ? [...others, user] : others }));
  }
}

function channelsOf(ctx: Context, user: string): readonly string[] {
  return [...ctx.world.channels.values()].filter((it) => it.members.includes(user)).map((it) => it.id);
}

function refuseMore(count: number): void {
  if (count >= MAX_OF_A_KIND) throw new HumanError(409, "too_many", `there are ${count} already, which is the most`);
}
