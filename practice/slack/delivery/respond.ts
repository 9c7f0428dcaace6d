import { SlackError } from "#practice/slack/api/call.ts";
import { checkBlocks } from "#practice/slack/api/content.ts";
import type { Context } from "#practice/slack/context.ts";
import { type JsonObject, isObject, objectsAt, stringAt } from "#practice/slack/json.ts";
import { APP } from "#practice/slack/workspace.ts";
import { fillIn } from "#practice/slack/world/block-elements.ts";
import { post } from "#practice/slack/world/post.ts";
import type { Message } from "#practice/slack/world/records.ts";
import type { ResponseTarget } from "./response-urls.ts";

/** The answer to a use of a response_url, with the HTTP status. */
export type Responded = { readonly status: 200 | 400 | 404; readonly body: JsonObject };

/** One use of a response_url: a new message by default, or the change or removal of the message it came from. */
export function respond(ctx: Context, path: string, body: unknown): Responded {
  const use = ctx.responseUrls.use(path);
  const responded = use.kind === "refused" ? refused(404, use.error) : apply(ctx, use.target, body);
  ctx.responseUrls.remember(path, { status: responded.status, body });
  ctx.traffic.add({
    kind: "response_url",
    name: path.split("/")[1] ?? "response_url",
    ms: null,
    status: responded.status === 200 ? "ok" : String(responded.body["error"]),
    request: body,
    response: responded.body,
  });
  return responded;
}

/** Shows what the app answered to a command: ephemeral unless it says `in_channel`. Throws SlackError for bad blocks. */
export function showAnswer(ctx: Context, target: ResponseTarget, answer: JsonObject): void {
  const channel = ctx.world.channels.get(target.channel);
  if (channel === undefined) throw new SlackError("channel_not_found");
  if (channel.is_archived) throw new SlackError("is_archived");
  const blocks = readBlocks(answer);
  const text = stringAt(answer, "text") ?? "";
  const attachments = objectsAt(answer, "attachments");
  if (text.trim() === "" && (blocks ?? []).length === 0 && attachments.length === 0) throw new SlackError("no_text");
  post(ctx, {
    channel: target.channel,
    user: APP.bot_user_id,
    text,
    blocks,
    attachments: attachments.length === 0 ? undefined : attachments,
    thread_ts: stringAt(answer, "thread_ts") ?? target.message?.threadTs,
    ephemeral_to: answer["response_type"] === "in_channel" ? undefined : target.user,
  });
}

function apply(ctx: Context, target: ResponseTarget, body: unknown): Responded {
  if (!isObject(body)) return refused(400, "invalid_payload");
  const original = findOriginal(ctx, target);
  try {
    if (body["delete_original"] === true) {
      if (original === undefined) return refused(404, "message_not_found");
      ctx.world.removeMessage(original);
      ctx.changes.announce({ what: "messages", channel: target.channel });
    } else if (body["replace_original"] === true && original !== undefined) replace(ctx, original, body);
    else showAnswer(ctx, target, body);
    return { status: 200, body: { ok: true } };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { status: 400, body: { ok: false, error: error.code, ...error.detail } };
  }
}

function findOriginal(ctx: Context, target: ResponseTarget): Message | undefined {
  if (target.message === undefined) return undefined;
  const { ts, isEphemeral } = target.message;
  return isEphemeral
    ? ctx.world.findEphemeral(target.channel, ts, target.user)
    : ctx.world.findMessage(target.channel, ts);
}

function replace(ctx: Context, original: Message, body: JsonObject): void {
  const blocks = readBlocks(body);
  const text = stringAt(body, "text") ?? "";
  if (text.trim() === "" && (blocks ?? []).length === 0) throw new SlackError("no_text");
  ctx.world.replaceMessage(original, {
    ...original,
    text,
    blocks: blocks === undefined ? undefined : fillIn(blocks, () => ctx.world.nextNumber()),
    attachments: undefined,
  });
  ctx.changes.announce({ what: "messages", channel: original.channel });
}

function readBlocks(body: JsonObject): readonly JsonObject[] | undefined {
  if (body["blocks"] === undefined) return undefined;
  checkBlocks({ blocks: body["blocks"] });
  return objectsAt(body, "blocks");
}

function refused(status: 400 | 404, error: string): Responded {
  return { status, body: { ok: false, error } };
}
