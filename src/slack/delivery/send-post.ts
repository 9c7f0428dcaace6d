import type { WebClient } from "@slack/web-api";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { DesiredPost, PostedFile } from "./desired-post.ts";
import { findOurs, hasFile, openDirect, postFile, postMessage } from "./messenger.ts";
import type { Place, SendOutcome } from "./messenger.ts";
import type { UpgradeWork } from "./work.ts";

/** What sending one post needs of its surroundings. */
export interface SendPorts {
  readonly client: WebClient;
  readonly apiUrl: string;
  readonly botUserId: string;
  /** What a file holds, made when it is sent. */
  readonly fileContent: (work: UpgradeWork, file: PostedFile) => string | Uint8Array;
}

/** Where a post of which upgrade goes. */
export interface Sending {
  readonly work: UpgradeWork;
  readonly post: DesiredPost;
  readonly place: Place;
}

/** Sends a message, or uploads a file whose content is made now. */
export async function sendPost(ports: SendPorts, { work, post, place }: Sending): Promise<SendOutcome> {
  const { client, apiUrl, fileContent } = ports;
  const { file } = post;
  if (file === undefined) return postMessage(client, place, post);
  let content: string | Uint8Array;
  try {
    content = fileContent(work, file);
  } catch (error) {
    // A report that cannot be made must not hold up what else the channel waits for.
    return { kind: "refused", problem: errorMessage(error) };
  }
  return postFile({ client, apiUrl }, place, { post, file, content });
}

/** What of this post stands in Slack; undefined for nothing. A file has no ts, because it is never edited. */
export async function findSent(
  { client, botUserId }: SendPorts,
  { work, post, place }: Sending,
): Promise<{ readonly ts?: string; readonly channel?: string } | undefined> {
  const sinceSeconds = Math.floor(Date.parse(work.thread.events[0]?.at ?? "1970-01-01T00:00:00.000Z") / 1_000) - 300;
  if (post.file !== undefined)
    return (await hasFile(client, place, { name: post.file.name, botUserId, sinceSeconds })) ? {} : undefined;
  const channel = post.to === place.channel ? await openDirect(client, post.to) : place.channel;
  const all = await findOurs(client, { ...place, channel }, sinceSeconds);
  const ours = all.find((message) => message.metadata.event_payload.key === post.key);
  return ours === undefined ? undefined : { ts: ours.ts, channel };
}

/** Where the thread of an upgrade is, for those who read elsewhere; undefined while it is not there or cannot be told. */
export async function threadLink(
  { client }: Pick<SendPorts, "client">,
  work: UpgradeWork,
  channel: string,
): Promise<string | undefined> {
  const ts = work.rows.get("card")?.ts;
  if (work.threadLink !== undefined || ts === undefined) return work.threadLink;
  try {
    const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts });
    if (permalink !== undefined) work.threadLink = permalink;
  } catch {
    // The message names the channel, too: it does not wait for the link.
  }
  return work.threadLink;
}
