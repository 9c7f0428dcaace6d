import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  type WebClient,
} from "@slack/web-api";
import { z } from "zod";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { context, section } from "#src/slack/views/blocks.ts";
import type { Block } from "#src/slack/views/blocks.ts";
import { validateMessage } from "#src/slack/block-kit/validate.ts";
import { uploadFile } from "#src/slack/upload-file.ts";
import type { UploadPorts } from "#src/slack/upload-file.ts";
import type { DesiredPost, PostedFile } from "./desired-post.ts";

/** How one call to Slack ended, in the words that decide what to do next. */
export type SendOutcome =
  /** An upload gives no ts: a file is never edited. */
  | { readonly kind: "sent"; readonly ts?: string; readonly channel?: string }
  /** The message to edit, or the thread to post in, is not there any more. */
  | { readonly kind: "missing" }
  | { readonly kind: "limited"; readonly retryAfterMs: number }
  /** Slack will never take this one. */
  | { readonly kind: "refused"; readonly problem: string }
  /** Nothing was done, and nothing can be done in this channel now. */
  | { readonly kind: "unavailable"; readonly problem: string }
  /** Nobody knows whether it arrived. */
  | { readonly kind: "unclear"; readonly problem: string };

export interface Place {
  readonly upgradeId: UpgradeId;
  /** For a direct message the person, until Slack told the channel of the conversation. */
  readonly channel: string;
  readonly threadTs?: string | undefined;
  /** Added to what stands outside the channel. */
  readonly threadLink?: string | undefined;
}

/** Marks our messages, so that one whose answer was lost is found again instead of being sent twice. */
const metadataEventType = "kong_upgrade_post";

const metadataSchema = z.object({
  event_type: z.literal(metadataEventType),
  event_payload: z.object({
    upgrade: z.string(),
    key: z.string(),
    version: z.number().optional(),
    head: z.string().optional(),
  }),
});
const messageSchema = z.object({ ts: z.string(), metadata: metadataSchema });

type OurMessage = z.infer<typeof messageSchema>;

const quiet = { unfurl_links: false, unfurl_media: false } as const;

/** Posts one message with our key in its metadata. */
export async function postMessage(client: WebClient, place: Place, post: DesiredPost): Promise<SendOutcome> {
  const { channel, threadTs } = place;
  const { text, blocks } = withThreadLink(withMentions(post), place);
  return outcomeOf(async () => {
    const content = { text, ...blocksOf({ text, blocks }), ...quiet };
    if (post.ephemeralTo !== undefined) {
      const answer = await client.chat.postEphemeral({ channel, user: post.ephemeralTo, ...content });
      return { ts: answer.message_ts };
    }
    const metadata = { event_type: metadataEventType, event_payload: payloadOf(place.upgradeId, post) };
    const message = { channel, metadata, ...content };
    const answer = await (threadTs === undefined
      ? client.chat.postMessage(message)
      : post.isBroadcast === true
        ? client.chat.postMessage({ ...message, thread_ts: threadTs, reply_broadcast: true })
        : client.chat.postMessage({ ...message, thread_ts: threadTs }));
    return { ts: answer.ts, channel: answer.channel };
  });
}

/** Brings one message up to date; mentions are never edited in, because they would notify again. */
export async function updateMessage(
  client: WebClient,
  message: Pick<Place, "channel" | "threadLink"> & { readonly ts: string },
  post: DesiredPost,
): Promise<SendOutcome> {
  const { channel, ts } = message;
  const content = withThreadLink(post, message);
  return outcomeOf(async () => {
    const answer = await client.chat.update({ channel, ts, text: content.text, ...blocksOf(content) });
    return { ts: answer.ts };
  });
}

/** The conversation with one person. @throws an error of the client when there can be none. */
export async function openDirect(client: WebClient, userId: string): Promise<string> {
  const { channel } = await client.conversations.open({ users: userId });
  if (channel?.id === undefined) throw new Error("Slack opened a conversation without telling its id");
  return channel.id;
}

/** Shares a file with its text beside it. */
export async function postFile(
  ports: UploadPorts,
  place: Place,
  posted: { readonly post: DesiredPost; readonly file: PostedFile; readonly content: string | Uint8Array },
): Promise<SendOutcome> {
  const { name, title, altText } = posted.file;
  const alt = altText === undefined ? {} : { altText };
  const { channel, threadTs } = place;
  try {
    await uploadFile(ports, {
      channel,
      threadTs,
      name,
      title,
      content: posted.content,
      comment: posted.post.text,
      ...alt,
    });
    return { kind: "sent" };
  } catch (error) {
    return describeFailure(error);
  }
}

/** Our messages of one upgrade in a thread, or at the top of the channel since a moment (seconds). */
export async function findOurs(client: WebClient, place: Place, sinceSeconds: number): Promise<readonly OurMessage[]> {
  const messages = await readMessages(client, place, sinceSeconds);
  return messages.flatMap((message) => {
    const parsed = messageSchema.safeParse(message);
    return parsed.success && parsed.data.metadata.event_payload.upgrade === place.upgradeId ? [parsed.data] : [];
  });
}

const fileMessageSchema = z.object({ user: z.string(), files: z.array(z.object({ name: z.string().nullish() })) });

/** Whether a file of that name, shared by this bot, stands there already. */
export async function hasFile(
  client: WebClient,
  place: Place,
  file: { readonly name: string; readonly botUserId: string; readonly sinceSeconds: number },
): Promise<boolean> {
  const messages = await readMessages(client, place, file.sinceSeconds);
  return messages.some((message) => {
    const parsed = fileMessageSchema.safeParse(message);
    return (
      parsed.success && parsed.data.user === file.botUserId && parsed.data.files.some(({ name }) => name === file.name)
    );
  });
}

/** Pages that are looked through at most for something of ours, 200 messages each. */
const maxPages = 10;

async function readMessages(client: WebClient, place: Place, sinceSeconds: number): Promise<readonly unknown[]> {
  const { channel, threadTs } = place;
  const found: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const paging = { channel, limit: 200, include_all_metadata: true, ...(cursor === undefined ? {} : { cursor }) };
    const answer =
      threadTs === undefined
        ? await client.conversations.history({ ...paging, oldest: String(sinceSeconds) })
        : await client.conversations.replies({ ...paging, ts: threadTs });
    found.push(...(answer.messages ?? []));
    cursor = answer.response_metadata?.next_cursor;
    if (cursor === undefined || cursor === "") return found;
  }
  return found;
}

function payloadOf(upgradeId: UpgradeId, post: DesiredPost): Record<string, string | number> {
  return {
    upgrade: upgradeId,
    key: post.key,
    ...(post.head === undefined ? {} : { version: post.head.version, head: post.head.hash }),
  };
}

function withMentions(post: DesiredPost): Pick<DesiredPost, "text" | "blocks"> {
  if (post.mentions.length === 0) return post;
  const mentions = post.mentions.join(" ");
  return { text: `${mentions} ${post.text}`, blocks: [section(mentions), ...post.blocks] };
}

/** Where a message stands outside the channel, its last line leads to the thread. */
function withThreadLink(
  { text, blocks }: Pick<DesiredPost, "text" | "blocks">,
  { threadLink }: Pick<Place, "threadLink">,
): Pick<DesiredPost, "text" | "blocks"> {
  return threadLink === undefined
    ? { text, blocks }
    : { text, blocks: [...blocks, context(`<${threadLink}|Open the thread>`)] };
}

/** Blocks that Slack would refuse are left out: the text carries the whole sense, and a message is better than none. */
function blocksOf(content: Pick<DesiredPost, "text" | "blocks">): { readonly blocks?: Block[] } {
  return validateMessage(content).length === 0 ? { blocks: [...content.blocks] } : {};
}

/** The message, or the thread that it belongs to, is not there any more. */
const missing: ReadonlySet<string> = new Set(["message_not_found", "thread_not_found", "cannot_reply_to_message"]);

/** The channel or the token, not this message: tried again later. */
const unavailable: ReadonlySet<string> = new Set([
  "account_inactive",
  "channel_not_found",
  "ekm_access_denied",
  "fatal_error",
  "internal_error",
  "invalid_auth",
  "is_archived",
  "is_inactive",
  "missing_scope",
  "not_authed",
  "not_in_channel",
  "restricted_action",
  "service_unavailable",
  "team_added_to_org",
  "token_expired",
  "token_revoked",
]);

/** This person or conversation, not the token: nobody waits until it is otherwise. */
const unreachablePerson: ReadonlySet<string> = new Set([
  "channel_not_found",
  "is_archived",
  "is_inactive",
  "missing_scope",
  "not_in_channel",
  "restricted_action",
]);

/** A direct message that cannot be delivered, or was deleted, is left out: it must never hold up anything else. */
export function outcomeOfDirect(outcome: SendOutcome): SendOutcome {
  if (outcome.kind === "missing") return { kind: "refused", problem: "it was deleted" };
  return outcome.kind === "unavailable" && unreachablePerson.has(outcome.problem)
    ? { kind: "refused", problem: outcome.problem }
    : outcome;
}

async function outcomeOf(
  call: () => Promise<{ readonly ts?: string | undefined; readonly channel?: string | undefined }>,
): Promise<SendOutcome> {
  try {
    const { ts, channel } = await call();
    if (ts === undefined) return { kind: "unclear", problem: "Slack answered without a ts" };
    return { kind: "sent", ts, ...(channel === undefined ? {} : { channel }) };
  } catch (error) {
    return describeFailure(error);
  }
}

/** What a failed call means for the next one. */
export function describeFailure(error: unknown): Exclude<SendOutcome, { kind: "sent" }> {
  if (error instanceof WebAPIRateLimitedError) return { kind: "limited", retryAfterMs: error.retryAfter * 1_000 };
  if (error instanceof WebAPIPlatformError) {
    const problem = error.data.error;
    if (missing.has(problem)) return { kind: "missing" };
    if (problem === "ratelimited" || problem === "rate_limited") return { kind: "limited", retryAfterMs: 1_000 };
    return unavailable.has(problem) ? { kind: "unavailable", problem } : { kind: "refused", problem };
  }
  if (error instanceof WebAPIHTTPError || error instanceof WebAPIRequestError) {
    return { kind: "unclear", problem: error.message };
  }
  return { kind: "unclear", problem: errorMessage(error) };
}
