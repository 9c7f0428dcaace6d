import { type JsonObject, defined } from "#practice/slack/json.ts";
import { APP, PARTNER_TEAM, TEAM } from "#practice/slack/workspace.ts";
import type { Channel, Message, StoredFile, View } from "./records.ts";
import type { World } from "./world.ts";

type Share = StoredFile["shares"][number];

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

/** A conversation as `conversations.info` shows it to the bot; a direct one has a person instead of a name. */
export function channelOnWire(world: World, channel: Channel): JsonObject {
  if (channel.kind === "im") return directOnWire(world, channel);
  const isPending = channel.is_pending_ext_shared === true;
  return defined({
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: false,
    is_archived: channel.is_archived,
    is_general: channel.is_general,
    is_shared: channel.is_ext_shared,
    is_org_shared: false,
    is_ext_shared: channel.is_ext_shared,
    is_pending_ext_shared: isPending,
    pending_shared: isPending ? [PARTNER_TEAM.id] : [],
    pending_connected_team_ids: isPending ? [PARTNER_TEAM.id] : undefined,
    context_team_id: TEAM.id,
    shared_team_ids: channel.is_ext_shared ? [TEAM.id, PARTNER_TEAM.id] : [TEAM.id],
    connected_team_ids: channel.is_ext_shared ? [PARTNER_TEAM.id] : undefined,
    is_member: channel.members.includes(APP.bot_user_id),
    topic: { value: channel.topic, creator: "U0ALICE01", last_set: channel.created },
    purpose: { value: "", creator: "", last_set: 0 },
    created: channel.created,
    creator: "U0ALICE01",
    updated: channel.created * 1_000,
    num_members: channel.members.length,
  });
}

function directOnWire(world: World, channel: Channel): JsonObject {
  return {
    id: channel.id,
    created: channel.created,
    is_archived: channel.is_archived,
    is_im: true,
    is_org_shared: false,
    is_ext_shared: false,
    is_user_deleted: world.people.get(channel.user ?? "")?.deleted === true,
    is_open: true,
    context_team_id: TEAM.id,
    user: channel.user,
    updated: channel.created * 1_000,
    priority: 0,
  };
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
  const open = file.shares.filter((share) => !isDirect(share));
  const direct = file.shares.filter(isDirect);
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
    is_public: open.length > 0,
    url_private: `${address}/practice/files/${file.id}`,
    url_private_download: `${address}/practice/files/${file.id}`,
    permalink: `${address}/practice/files/${file.id}`,
    channels: [...new Set(open.map((share) => share.channel))],
    ims: [...new Set(direct.map((share) => share.channel))],
    shares: defined({ public: sharesByChannel(open), private: sharesByChannel(direct) }),
  });
}

function isDirect(share: Share): boolean {
  return share.channel.startsWith("D");
}

function sharesByChannel(shares: readonly Share[]): JsonObject | undefined {
  const channels = [...new Set(shares.map((share) => share.channel))];
  if (channels.length === 0) return undefined;
  return Object.fromEntries(
    channels.map((channel) => [
      channel,
      shares
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
