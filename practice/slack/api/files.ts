import { randomBytes } from "node:crypto";
import type { Context } from "#practice/slack/context.ts";
import { type JsonObject, stringAt } from "#practice/slack/json.ts";
import { APP } from "#practice/slack/workspace.ts";
import { post } from "#practice/slack/world/post.ts";
import type { StoredFile } from "#practice/slack/world/records.ts";
import { fileOnWire } from "#practice/slack/world/wire.ts";
import { type Call, SlackError, jsonArg, objectsArg, requiredArg, textArg } from "./call.ts";
import { checkBlocks } from "./content.ts";

const MAX_FILE_BYTES = 50 * 1024 * 1024;
const MAX_ALT_TEXT = 1_000;

/** files.getUploadURLExternal: reserves a file and says where its bytes go. */
export async function getUploadUrl(call: Call): Promise<JsonObject> {
  const { ctx } = call;
  const name = requiredArg(call, "filename");
  const length = Number(requiredArg(call, "length"));
  if (!Number.isInteger(length) || length <= 0) throw new SlackError("invalid_arguments");
  if (length > MAX_FILE_BYTES) throw new SlackError("file_upload_size_restricted");
  const altText = textArg(call, "alt_txt");
  if ((altText ?? "").length > MAX_ALT_TEXT) throw new SlackError("alt_txt_too_large");
  const file: StoredFile = {
    id: ctx.world.nextId("F"),
    name,
    title: name,
    alt_text: altText,
    length,
    state: "reserved",
    secret: randomBytes(16).toString("base64url"),
    user: APP.bot_user_id,
    created: Math.floor(ctx.now() / 1_000),
    shares: [],
  };
  ctx.world.files.set(file.id, file);
  await forgetOldest(ctx);
  return { upload_url: `${ctx.address()}/upload/v1/${file.secret}`, file_id: file.id };
}

/** Takes the bytes of a reserved file; answers false when the address or the length is not the reserved one. */
export async function takeUpload(ctx: Context, secret: string, bytes: Uint8Array): Promise<boolean> {
  const file = [...ctx.world.files.values()].find((it) => it.secret === secret && it.state === "reserved");
  if (file === undefined || file.length !== bytes.byteLength) return false;
  await ctx.bytes.put(file.id, bytes);
  ctx.world.files.set(file.id, { ...file, state: "uploaded" });
  return true;
}

/** files.completeUploadExternal: once per file; shares the files in a message when a channel is given. */
export function completeUpload(call: Call): JsonObject {
  const { ctx } = call;
  const wanted = objectsArg(call, "files", "invalid_arguments") ?? [];
  if (wanted.length === 0) throw new SlackError("invalid_arguments");
  const channels = shareChannels(call);
  const files = wanted.map((wish) => sharedFile(ctx, wish));
  for (const file of files) ctx.world.files.set(file.id, file);
  for (const channel of channels) share(call, channel, files);
  ctx.changes.announce({ what: "files" });
  return { files: files.map((file) => ({ id: file.id, title: file.title })) };
}

function sharedFile(ctx: Context, wish: JsonObject): StoredFile {
  const file = ctx.world.files.get(stringAt(wish, "id") ?? "");
  if (file === undefined || file.state !== "uploaded") throw new SlackError("file_not_found");
  return { ...file, state: "shared", title: stringAt(wish, "title") ?? file.title };
}

/** files.info. */
export function filesInfo(call: Call): JsonObject {
  const file = call.ctx.world.files.get(requiredArg(call, "file"));
  if (file === undefined) throw new SlackError("file_not_found");
  return { file: fileOnWire(file, call.ctx.address()), comments: [], response_metadata: { next_cursor: "" } };
}

function shareChannels(call: Call): readonly string[] {
  const named = textArg(call, "channel_id") ?? textArg(call, "channels") ?? "";
  const ids = named.split(",").filter((id) => id !== "");
  for (const id of ids) {
    const channel = call.ctx.world.channels.get(id);
    if (channel === undefined) throw new SlackError("channel_not_found");
    if (!channel.members.includes(APP.bot_user_id)) throw new SlackError("not_in_channel");
    if (channel.is_archived) throw new SlackError("is_archived");
  }
  return ids;
}

function share(call: Call, channel: string, files: readonly StoredFile[]): void {
  const { ctx } = call;
  const blocks = objectsArg(call, "blocks", "invalid_blocks");
  if (blocks !== undefined) checkBlocks({ blocks: jsonArg(call, "blocks", "invalid_blocks") });
  const named = textArg(call, "thread_ts");
  const parent = named === undefined ? undefined : ctx.world.findMessage(channel, named);
  const message = post(ctx, {
    channel,
    user: APP.bot_user_id,
    text: textArg(call, "initial_comment") ?? "",
    blocks,
    thread_ts: parent?.thread_ts ?? parent?.ts,
    subtype: "file_share",
    files: files.map((file) => file.id),
  });
  const place = { channel, ts: message.ts, thread_ts: message.thread_ts };
  for (const file of files) {
    const before = ctx.world.files.get(file.id) ?? file;
    ctx.world.files.set(file.id, { ...before, shares: [...before.shares, place] });
  }
}

async function forgetOldest(ctx: Context): Promise<void> {
  const [oldest] = ctx.world.files.keys();
  if (ctx.world.files.size <= ctx.bytes.maxFiles || oldest === undefined) return;
  ctx.world.files.delete(oldest);
  await ctx.bytes.drop(oldest);
}
