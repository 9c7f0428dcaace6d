import {
  type Fields,
  asFieldList,
  asFields,
  fieldsAt,
  flagAt,
  isFields,
  listAt,
  numberAt,
  textAt,
  textsAt,
} from "./json.ts";

/** A member of the workspace as the page shows them. */
export type Person = {
  readonly id: string;
  /** The display name, which an imitator may choose freely. */
  readonly name: string;
  /** The name in the directory, which no two people share. */
  readonly handle: string;
  readonly realName: string;
  readonly zone: string;
  readonly role: string;
  /** From another company, by Slack Connect. */
  readonly isExternal: boolean;
  readonly isDeleted: boolean;
  readonly isGuest: boolean;
  /** A guest who may be in one channel only. */
  readonly isSingleChannelGuest: boolean;
  readonly isBot: boolean;
};

/** A channel, or the direct conversation of one person with the bot. */
export type Channel = {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly environment: string;
  readonly members: readonly string[];
  readonly isDirect: boolean;
  readonly isArchived: boolean;
  readonly isShared: boolean;
  /** Another company was invited and has not come yet. */
  readonly isPendingShared: boolean;
};

/** A slash command or a shortcut of the app's manifest. */
type Command = { readonly command: string; readonly description: string; readonly usage: string };
export type Shortcut = { readonly name: string; readonly callbackId: string; readonly isForMessages: boolean };

/** What `GET /practice/state` tells. */
export type Workspace = {
  readonly team: { readonly id: string; readonly name: string };
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  readonly groups: readonly { readonly id: string; readonly handle: string; readonly users: readonly string[] }[];
  readonly bot: { readonly userId: string; readonly name: string; readonly connections: number };
  readonly faults: Fields;
  readonly rateLimits: string;
  /** Whether people may write to the app in its Messages tab. */
  readonly takesDirectMessages: boolean;
  /** The Grid organisation that the app is installed in, and whether in all of it; empty without one. */
  readonly enterprise: { readonly id: string; readonly isOrgWide: boolean };
  readonly commands: readonly Command[];
  readonly shortcuts: readonly Shortcut[];
};

/** Reads the answer of `GET /practice/state`. */
export function readWorkspace(raw: unknown): Workspace {
  const state = asFields(raw);
  const team = fieldsAt(state, "team");
  const bot = fieldsAt(state, "bot");
  const enterprise = fieldsAt(state, "enterprise");
  return {
    team: { id: textAt(team, "id"), name: textAt(team, "name") },
    people: listAt(state, "people").map((person) => readPerson(person)),
    channels: listAt(state, "channels").map((channel) => readChannel(channel)),
    groups: listAt(state, "groups").map((group) => ({
      id: textAt(group, "id"),
      handle: textAt(group, "handle"),
      users: textsAt(group, "users"),
    })),
    bot: { userId: textAt(bot, "user_id"), name: textAt(bot, "name"), connections: numberAt(bot, "connections") },
    faults: fieldsAt(state, "faults"),
    rateLimits: textAt(state, "rate_limits"),
    takesDirectMessages: flagAt(state, "takes_direct_messages"),
    enterprise: { id: textAt(enterprise, "id"), isOrgWide: flagAt(enterprise, "is_org_wide") },
    commands: listAt(state, "commands").map((command) => ({
      command: textAt(command, "command"),
      description: textAt(command, "description"),
      usage: textAt(command, "usage_hint"),
    })),
    shortcuts: listAt(state, "shortcuts").map((shortcut) => ({
      name: textAt(shortcut, "name"),
      callbackId: textAt(shortcut, "callback_id"),
      isForMessages: textAt(shortcut, "type") === "message",
    })),
  };
}

function readPerson(raw: Fields): Person {
  return {
    id: textAt(raw, "id"),
    name: textAt(raw, "display_name") || textAt(raw, "name"),
    handle: textAt(raw, "name"),
    realName: textAt(raw, "real_name"),
    zone: textAt(raw, "tz") || "UTC",
    role: textAt(raw, "role"),
    isExternal: flagAt(raw, "is_external"),
    isDeleted: flagAt(raw, "deleted"),
    isGuest: flagAt(raw, "is_restricted") || flagAt(raw, "is_ultra_restricted"),
    isSingleChannelGuest: flagAt(raw, "is_ultra_restricted"),
    isBot: flagAt(raw, "is_bot"),
  };
}

function readChannel(raw: Fields): Channel {
  return {
    id: textAt(raw, "id"),
    name: textAt(raw, "name"),
    topic: textAt(raw, "topic"),
    environment: textAt(raw, "environment"),
    members: textsAt(raw, "members"),
    isDirect: textAt(raw, "kind") === "im" || flagAt(raw, "is_im"),
    isArchived: flagAt(raw, "is_archived"),
    isShared: flagAt(raw, "is_ext_shared"),
    isPendingShared: flagAt(raw, "is_pending_ext_shared"),
  };
}

/** A file in a message. */
export type SharedFile = {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly mimetype: string;
  readonly size: number;
  /** What a picture shows, in words. */
  readonly altText: string;
};

/** A message as one person sees it; `ts` is Slack's id and time in one. */
export type Message = {
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Fields[];
  readonly threadTs: string;
  readonly replyCount: number;
  readonly latestReply: string;
  readonly replyUsers: readonly string[];
  readonly isEphemeral: boolean;
  readonly isBroadcast: boolean;
  readonly isEdited: boolean;
  readonly isPinned: boolean;
  readonly files: readonly SharedFile[];
  readonly reactions: readonly { readonly name: string; readonly count: number }[];
  readonly raw: Fields;
};

/** Reads the answer of `GET /practice/messages`. */
export function readMessages(raw: unknown): readonly Message[] {
  return asFieldList(asFields(raw)["messages"]).map((message) => readMessage(message));
}

function readMessage(raw: Fields): Message {
  return {
    ts: textAt(raw, "ts"),
    user: textAt(raw, "user"),
    text: textAt(raw, "text"),
    blocks: listAt(raw, "blocks"),
    threadTs: textAt(raw, "thread_ts"),
    replyCount: numberAt(raw, "reply_count"),
    latestReply: textAt(raw, "latest_reply"),
    replyUsers: textsAt(raw, "reply_users"),
    isEphemeral: flagAt(raw, "is_ephemeral"),
    isBroadcast: textAt(raw, "subtype") === "thread_broadcast",
    isEdited: isFields(raw["edited"]),
    isPinned: textsAt(raw, "pinned_to").length > 0,
    files: listAt(raw, "files").map((file) => readFile(file)),
    reactions: listAt(raw, "reactions").map((reaction) => ({
      name: textAt(reaction, "name"),
      count: numberAt(reaction, "count") || textsAt(reaction, "users").length,
    })),
    raw,
  };
}

function readFile(raw: Fields): SharedFile {
  const name = textAt(raw, "name");
  return {
    id: textAt(raw, "id"),
    name,
    title: textAt(raw, "title") || name,
    mimetype: textAt(raw, "mimetype"),
    altText: textAt(raw, "alt_txt"),
    size: numberAt(raw, "size"),
  };
}

/** A modal or a home view, with the errors that the app answered to the last submission. */
export type View = {
  readonly id: string;
  readonly hash: string;
  readonly title: string;
  readonly submit: string;
  readonly close: string;
  readonly blocks: readonly Fields[];
  readonly errors: Fields;
};

/** Reads the answer of `GET /practice/views`. */
export function readViews(raw: unknown): { readonly modals: readonly View[]; readonly home: View | undefined } {
  const answer = asFields(raw);
  const home = answer["home"];
  return {
    modals: listAt(answer, "modals").map((view) => readView(view)),
    home: isFields(home) ? readView(home) : undefined,
  };
}

function readView(raw: Fields): View {
  return {
    id: textAt(raw, "id"),
    hash: textAt(raw, "hash"),
    title: textAt(fieldsAt(raw, "title"), "text"),
    submit: textAt(fieldsAt(raw, "submit"), "text"),
    close: textAt(fieldsAt(raw, "close"), "text"),
    blocks: listAt(raw, "blocks"),
    errors: fieldsAt(raw, "errors"),
  };
}

/** One posted message that notified the acting person, and why. */
export type Notice = {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string;
  readonly reason: string;
};

/** Reads the answer of `GET /practice/notifications`. */
export function readNotices(raw: unknown): readonly Notice[] {
  return listAt(asFields(raw), "notifications").map((notice) => ({
    channel: textAt(notice, "channel"),
    ts: textAt(notice, "ts"),
    threadTs: textAt(notice, "thread_ts"),
    reason: textAt(notice, "reason"),
  }));
}
