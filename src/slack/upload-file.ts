import type { WebClient } from "@slack/web-api";
import { AppError } from "#src/kernel/app-error.ts";
import { isSlackAddress } from "./settings.ts";

/** A text file or a picture for a channel or a thread. */
export interface Upload {
  readonly channel: string;
  readonly threadTs: string | undefined;
  readonly name: string;
  readonly title: string;
  readonly content: string | Uint8Array;
  /** What a picture shows, for those who do not see it; at most 1,000 characters. */
  readonly altText?: string;
  /** Stands as the message's text beside the file. */
  readonly comment?: string;
}

export interface UploadPorts {
  readonly client: WebClient;
  readonly apiUrl: string;
}

const uploadTimeoutMs = 30_000;

/**
 * Shares a text or bytes as a file. Nothing is visible before the last call, so a failure before it left nothing behind.
 * @throws AppError `slack_unreachable` when Slack does not take the bytes; errors of the Web API as they are.
 */
export async function uploadFile({ client, apiUrl }: UploadPorts, upload: Upload): Promise<void> {
  const { channel, threadTs, name, title, content, comment, altText } = upload;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : Uint8Array.from(content);
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({
    filename: name,
    length: bytes.length,
    ...(altText === undefined ? {} : { alt_txt: altText }),
  });
  if (url === undefined || id === undefined || !isSlackAddress(url, apiUrl)) {
    throw new AppError("slack_unreachable", `Slack gave no address of its own to upload ${name} to; try again`);
  }
  // Without our token: the address itself is the permission, and Slack's client would send the token along.
  const response = await fetch(url, {
    method: "POST",
    body: bytes,
    headers: { "content-type": "application/octet-stream" },
    redirect: "error",
    signal: AbortSignal.timeout(uploadTimeoutMs),
  });
  await response.body?.cancel();
  if (!response.ok) {
    throw new AppError("slack_unreachable", `Slack answered ${response.status} to the upload of ${name}; try again`);
  }
  const files: [{ id: string; title: string }] = [{ id, title }];
  const shared = { files, channel_id: channel, ...(comment === undefined ? {} : { initial_comment: comment }) };
  await (threadTs === undefined
    ? client.files.completeUploadExternal(shared)
    : client.files.completeUploadExternal({ ...shared, thread_ts: threadTs }));
}
