import { type JsonObject, defined } from "#practice/slack/json.ts";
import { APP, PARTNER_TEAM, TEAM } from "#practice/slack/workspace.ts";
import type { Channel, Group, Message, Person, StoredFile, View } from "./records.ts";
import type { World } from "./world.ts";

/** A message as the Web API, events and interaction payloads show it. */
export function messageOnWire(world: World, message: Message, address: string): JsonObject {
  const replies = world.replies(message.channel, message.ts);
  const isParent = replies.length > 0;
  const isReply = message.thread_ts !== undefined && message.thread_ts !== message.ts;
  return defined({
    type: "message",
    subtype: message.subtype,
    user: message.user,
    ...(message.by_app ? { bot_id: APP.bot_id, app_id: APP.id, bot_profile: botProfile() } : {}),
    text: message.text,
    ts: message.ts,
    team: world.people.get(message.user)?.team_id ?? TEAM.id,
    blocks: message.blocks,
    attachments: message.attachments,
    thread_ts: isParent ? message.ts : message.thread_ts,
    parent_user_id: isReply ? world.findMessage(message.channel, message.thread_ts ?? "")?.user : undefined,
    ...(isParent ? threadSummary(replies) : {}),
    metadata: message.metadata,
    edited: message.edited,
    files: message.files.length === 0 ? undefined : filesOnWire(world, message.files, address),
    reactions:
      message.reactions.length === 0
        ? undefined
        : message.reactions.map((it) => ({ name: it.name, users: it.users, count: it.users.length })),
    pinned_to: message.is_pinned ? [message.channel] : undefined,
  });
}

function threadSummary(replies: readonly Message[]): JsonObject {
  const users = [...new Set(replies.map((reply) => reply.user))];
  return {
    reply_count: replies.length,
    reply_users: users,
    reply_users_count: users.length,
    latest_reply: replies.at(-1)?.ts,
    is_locked: false,
    subscribed: false,
  };
}

function botProfile(): JsonObject {
  return {
    id: APP.bot_id,
    app_id: APP.id,
    name: APP.name,
    icons: {},
    deleted: false,
    updated: 1_700_000_000,
    team_id: TEAM.id,
  };
}

/** A person as `users.info` shows them; people of the partner carry no e-mail and no locale. */
export function personOnWire(person: Person): JsonObject {
  const isExternal = person.team_id !== TEAM.id;
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
      email: isExternal || person.is_bot ? undefined : `${person.name}@acme.example`,
      bot_id: person.is_bot ? APP.bot_id : undefined,
      api_app_id: person.is_bot ? APP.id : undefined,
      status_text: "",
      status_emoji: "",
      team: person.team_id,
    }),
    is_admin: person.is_admin,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.is_restricted,
    is_ultra_restricted: person.is_ultra_restricted,
    is_bot: person.is_bot,
    is_app_user: false,
    is_stranger: isExternal ? person.is_stranger : undefined,
    updated: 1_700_000_000,
    is_email_confirmed: !isExternal,
    who_can_share_contact_card: "EVERYONE",
  });
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

/** A conversation as `conversations.info` shows it to the bot. */
export function channelOnWire(channel: Channel): JsonObject {
  const isIm = channel.kind === "im";
  return defined({
    id: channel.id,
    name: isIm ? undefined : channel.name,
    name_normalized: isIm ? undefined : channel.name,
    is_channel: !isIm,
    is_group: false,
    is_im: isIm,
    is_mpim: false,
    is_private: isIm,
    is_archived: channel.is_archived,
    is_general: channel.is_general,
    is_shared: channel.is_ext_shared,
    is_org_shared: false,
    is_ext_shared: channel.is_ext_shared,
    is_pending_ext_shared: false,
    pending_shared: [],
    context_team_id: TEAM.id,
    shared_team_ids: channel.is_ext_shared ? [TEAM.id, PARTNER_TEAM.id] : [TEAM.id],
    connected_team_ids: channel.is_ext_shared ? [PARTNER_TEAM.id] : undefined,
    is_member: channel.members.includes(APP.bot_user_id),
    user: channel.user,
    topic: { value: channel.topic, creator: "U0ALICE01", last_set: channel.created },
    purpose: { value: "", creator: "", last_set: 0 },
    created: channel.created,
    creator: "U0ALICE01",
    updated: channel.created * 1_000,
    num_members: isIm ? undefined : channel.members.length,
  });
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
    date_delete: 0,
    auto_type: null,
    created_by: "U0ALICE01",
    updated_by: "U0ALICE01",
    deleted_by: null,
    prefs: { channels: [], groups: [] },
    user_count: group.users.length,
    users: options.withUsers ? group.users : undefined,
  });
}

/** A view as the `views.*` methods and interaction payloads show it. */
export function viewOnWire(view: View, values: JsonObject): JsonObject {
  return {
    id: view.id,
    team_id: TEAM.id,
    private_metadata: "",
    callback_id: "",
    external_id: "",
    title: null,
    submit: null,
    close: null,
    clear_on_close: false,
    notify_on_close: false,
    submit_disabled: false,
    ...view.content,
    type: view.type,
    state: { values },
    hash: view.hash,
    root_view_id: view.root_view_id,
    previous_view_id: view.previous_view_id,
    app_id: APP.id,
    app_installed_team_id: TEAM.id,
    bot_id: APP.bot_id,
  };
}

function filesOnWire(world: World, ids: readonly string[], address: string): readonly JsonObject[] {
  return ids
    .map((id) => world.files.get(id))
    .filter((file) => file !== undefined)
    .map((file) => fileOnWire(file, address));
}

/** One file as messages and `files.info` show it; its private URL is the workspace's own download. */
export function fileOnWire(file: StoredFile, address: string): JsonObject {
  const extension = /\.(?<ext>\w+)$/u.exec(file.name)?.groups?.["ext"]?.toLowerCase() ?? "";
  const kind = FILE_KINDS[extension] ?? { mimetype: "application/octet-stream", filetype: "binary" };
  return defined({
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    alt_txt: file.alt_text,
    ...kind,
    pretty_type: kind.filetype,
    user: file.user,
    user_team: TEAM.id,
    editable: false,
    size: file.length,
    mode: "hosted",
    is_external: false,
    is_public: true,
    url_private: `${address}/practice/files/${file.id}`,
    url_private_download: `${address}/practice/files/${file.id}`,
    permalink: `${address}/practice/files/${file.id}`,
    channels: [...new Set(file.shares.map((share) => share.channel))],
    shares: { public: sharesByChannel(file) },
  });
}

function sharesByChannel(file: StoredFile): JsonObject {
  const channels = [...new Set(file.shares.map((share) => share.channel))];
  return Object.fromEntries(
    channels.map((channel) => [
      channel,
      file.shares
        .filter((share) => share.channel === channel)
        .map((share) => defined({ ts: share.ts, thread_ts: share.thread_ts, channel_name: channel })),
    ]),
  );
}

const FILE_KINDS: { readonly [extension: string]: { readonly mimetype: string; readonly filetype: string } } = {
  md: { mimetype: "text/markdown", filetype: "markdown" },
  txt: { mimetype: "text/plain", filetype: "text" },
  log: { mimetype: "text/plain", filetype: "text" },
  json: { mimetype: "application/json", filetype: "json" },
  yml: { mimetype: "text/yaml", filetype: "yaml" },
  yaml: { mimetype: "text/yaml", filetype: "yaml" },
  sql: { mimetype: "text/plain", filetype: "sql" },
  csv: { mimetype: "text/csv", filetype: "csv" },
  png: { mimetype: "image/png", filetype: "png" },
  gz: { mimetype: "application/gzip", filetype: "gzip" },
};
