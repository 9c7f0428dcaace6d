import { z } from "zod";

const jsonObject = z.record(z.string(), z.unknown());

/** A person as the state keeps them. */
export const personSchema = z
  .object({
    id: z.string(),
    team_id: z.string(),
    name: z.string(),
    real_name: z.string(),
    display_name: z.string(),
    tz: z.string(),
    role: z.string(),
    deleted: z.boolean(),
    is_bot: z.boolean(),
    is_restricted: z.boolean(),
    is_ultra_restricted: z.boolean(),
    is_stranger: z.boolean(),
    is_admin: z.boolean(),
    is_owner: z.boolean().optional(),
    is_app_user: z.boolean().optional(),
    enterprise_user: z
      .object({ id: z.string(), enterprise_id: z.string(), teams: z.array(z.string()).readonly() })
      .readonly()
      .optional(),
  })
  .readonly();
/** A person (or the bot) as the workspace knows them. */
export type Person = z.infer<typeof personSchema>;

const channelSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(["channel", "im"]),
    user: z.string().optional(),
    members: z.array(z.string()).readonly(),
    topic: z.string(),
    environment: z.string().optional(),
    is_archived: z.boolean(),
    is_general: z.boolean(),
    is_ext_shared: z.boolean(),
    is_pending_ext_shared: z.boolean().optional(),
    created: z.number(),
  })
  .readonly();
/** A public channel, or the direct conversation of one person with the bot. */
export type Channel = z.infer<typeof channelSchema>;

const groupSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    handle: z.string(),
    users: z.array(z.string()).readonly(),
    is_disabled: z.boolean().optional(),
    is_gone: z.boolean().optional(),
  })
  .readonly();
/** A user group; `users` is its membership now. One that is gone answers as if it had never been. */
export type Group = z.infer<typeof groupSchema>;

const messageSchema = z
  .object({
    channel: z.string(),
    ts: z.string(),
    user: z.string(),
    by_app: z.boolean(),
    text: z.string(),
    subtype: z.string().optional(),
    blocks: z.array(jsonObject).readonly().optional(),
    attachments: z.array(jsonObject).readonly().optional(),
    metadata: jsonObject.optional(),
    thread_ts: z.string().optional(),
    is_broadcast: z.boolean(),
    files: z.array(z.string()).readonly(),
    edited: z.object({ user: z.string(), ts: z.string() }).readonly().optional(),
    reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()).readonly() }).readonly()).readonly(),
    is_pinned: z.boolean(),
    ephemeral_to: z.string().optional(),
  })
  .readonly();
/** A message of a channel; an ephemeral one carries the only person who sees it in `ephemeral_to`. */
export type Message = z.infer<typeof messageSchema>;

const viewSchema = z
  .object({
    id: z.string(),
    user: z.string(),
    type: z.enum(["modal", "home"]),
    content: jsonObject,
    hash: z.string(),
    root_view_id: z.string(),
    previous_view_id: z.string().nullable(),
    errors: z.record(z.string(), z.string()).readonly(),
  })
  .readonly();
/** A view that is open for one person (modal) or published to one (home). */
export type View = z.infer<typeof viewSchema>;

const fileSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    title: z.string(),
    alt_text: z.string().optional(),
    length: z.number(),
    state: z.enum(["reserved", "uploaded", "shared"]),
    secret: z.string(),
    user: z.string(),
    created: z.number(),
    shares: z
      .array(z.object({ channel: z.string(), ts: z.string(), thread_ts: z.string().optional() }).readonly())
      .readonly(),
  })
  .readonly();
/** A file: reserved by getUploadURLExternal, filled by the upload, shared by completeUploadExternal. */
export type StoredFile = z.infer<typeof fileSchema>;

const noticeSchema = z
  .object({
    user: z.string(),
    channel: z.string(),
    ts: z.string(),
    thread_ts: z.string().optional(),
    from: z.string(),
    reason: z.enum(["user", "usergroup", "here", "channel", "everyone", "direct_message"]),
    /** The user group that was mentioned, where that is the reason. */
    group: z.string().optional(),
    text: z.string(),
  })
  .readonly();
/** One person notified by one posted message, and why. */
export type Notice = z.infer<typeof noticeSchema>;

const enterpriseSchema = z.object({ id: z.string(), name: z.string(), is_org_wide: z.boolean() }).readonly();
/** The Enterprise Grid organisation that the workspace belongs to, and whether the app is installed in all of it. */
export type Enterprise = z.infer<typeof enterpriseSchema>;

/** What is written to disk; ephemerals, modals, triggers and response_urls live only as long as the process. */
export const snapshotSchema = z.object({
  version: z.literal(1),
  counter: z.number(),
  last_ts_us: z.number(),
  people: z.array(personSchema),
  channels: z.array(channelSchema),
  groups: z.array(groupSchema),
  messages: z.array(messageSchema),
  homes: z.array(viewSchema),
  home_opened: z.array(z.string()),
  files: z.array(fileSchema),
  notices: z.array(noticeSchema),
  enterprise: enterpriseSchema.optional(),
});
/** The state of the workspace as it lies on disk. */
export type Snapshot = z.infer<typeof snapshotSchema>;
