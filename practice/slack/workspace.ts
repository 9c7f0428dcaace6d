import type { Channel, Group, Person } from "./world/records.ts";

/** The workspace that the app is installed in. */
export const TEAM = { id: "T0ACME001", name: "Acme", domain: "acme" } as const;

/** The partner company that shares one channel by Slack Connect. */
export const PARTNER_TEAM = { id: "T0OTHER01", name: "Partner Ltd", domain: "partner" } as const;

/** The installed app and its bot. */
export const APP = {
  id: "A0KONGUP1",
  name: "kong-upgrade",
  bot_user_id: "U0BOT0001",
  bot_id: "B0BOT0001",
} as const;

/** Credentials of the practice app: visibly fake, so that nobody mistakes them for real ones. */
export const CREDENTIALS = {
  bot_token: "xoxb-practice-not-a-real-token",
  app_token: "xapp-practice-not-a-real-token",
  signing_secret: "practice-not-a-real-secret",
  verification_token: "practice-verification-token",
} as const;

const BERLIN = "Europe/Berlin";

function person(id: string, name: string, rest: Partial<Person> & { readonly role: string }): Person {
  const realName = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return {
    id,
    team_id: TEAM.id,
    name,
    real_name: realName,
    display_name: name,
    tz: BERLIN,
    deleted: false,
    is_bot: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_stranger: false,
    is_admin: false,
    ...rest,
  };
}

/** The people of the practice workspace, among them everybody whom an approval bot must refuse. */
export const PEOPLE: readonly Person[] = [
  person("U0ALICE01", "alice", { role: "on-call engineer", real_name: "Alice Adler", is_admin: true }),
  person("U0BOB0001", "bob", { role: "on-call engineer", real_name: "Bob Brown", tz: "America/New_York" }),
  person("U0CAROL01", "carol", { role: "approver (in the group)", real_name: "Carol Chen" }),
  person("U0DAVE001", "dave", { role: "approver (in the group)", real_name: "Dave Dietrich" }),
  person("U0ERIN001", "erin", { role: "approver (by name)", real_name: "Erin Evans", tz: "Europe/London" }),
  person("U0FRANK01", "frank", { role: "member", real_name: "Frank Fischer" }),
  person("U0GUEST01", "gina", { role: "guest", real_name: "Gina Guest", is_restricted: true }),
  person("U0EVE0X01", "eve", {
    role: "external (Partner Ltd)",
    real_name: "Eve External",
    team_id: PARTNER_TEAM.id,
    tz: "Europe/London",
  }),
  person("U0DORA001", "dora", { role: "deactivated", real_name: "Dora Drees", deleted: true }),
  person("U0MALLO01", "mallory", { role: "member imitating carol", real_name: "Carol Chen", display_name: "carol" }),
  person("U0HANNA01", "hanna", { role: "DBA", real_name: "Hanna Huber" }),
  person("U0IVAN001", "ivan", { role: "DBA and SRE lead", real_name: "Ivan Ilic" }),
  person("U0JULIA01", "julia", { role: "SRE lead", real_name: "Julia Jansen", tz: "Europe/London" }),
  person("U0KARL001", "karl", { role: "guest, yet a DBA", real_name: "Karl Kraft", is_restricted: true }),
  person("U0LENA001", "lena", { role: "deactivated, yet a DBA", real_name: "Lena Lorenz", deleted: true }),
  person("U0MARTA01", "marta", { role: "DBA with a second account", real_name: "Marta Meyer" }),
  person("U0MARTA02", "marta.meyer", { role: "second account of marta", real_name: "Marta Meyer" }),
  person("U0OTTO001", "otto", { role: "break-glass", real_name: "Otto Olsen", tz: "America/New_York" }),
  person(APP.bot_user_id, APP.name, { role: "bot", real_name: APP.name, display_name: APP.name, is_bot: true }),
];

/** The user groups. */
export const GROUPS: readonly Group[] = [
  { id: "S0APPROVE", name: "Kong approvers", handle: "kong-approvers", users: ["U0CAROL01", "U0DAVE001"] },
  {
    id: "S0DBA0001",
    name: "Database administrators",
    handle: "dba",
    users: ["U0HANNA01", "U0IVAN001", "U0KARL001", "U0LENA001", "U0MARTA01"],
  },
  { id: "S0LEADS01", name: "SRE leads", handle: "sre-leads", users: ["U0IVAN001", "U0JULIA01", "U0MARTA02"] },
];

/** The people who are in every channel. */
const STAFF: readonly string[] = PEOPLE.filter(
  (it) => it.team_id === TEAM.id && !it.is_restricted && !it.deleted && !it.is_bot,
).map((it) => it.id);

const GUESTS = ["U0GUEST01", "U0KARL001"];

function channel(id: string, name: string, rest: Partial<Channel>): Channel {
  return {
    id,
    name,
    kind: "channel",
    members: [...STAFF, APP.bot_user_id],
    topic: "",
    is_archived: false,
    is_general: false,
    is_ext_shared: false,
    created: 1_700_000_000,
    ...rest,
  };
}

/** The channels; those named after an environment carry its name in `environment`. */
export const CHANNELS: readonly Channel[] = [
  channel("C0PRACTCE", "kong-practice", {
    topic: "Upgrades of the environment practice",
    environment: "practice",
    members: [...STAFF, ...GUESTS, APP.bot_user_id],
  }),
  channel("C0LEGACY1", "kong-legacy", { topic: "Upgrades of the environment legacy", environment: "legacy" }),
  channel("C0SHARED1", "partner-kong", {
    topic: "Shared with Partner Ltd",
    is_ext_shared: true,
    members: [...STAFF, "U0EVE0X01", APP.bot_user_id],
  }),
  channel("C0GENERAL", "general", {
    topic: "Everybody",
    is_general: true,
    members: [...STAFF, ...GUESTS, APP.bot_user_id],
  }),
];
