import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import { AppError } from "#src/kernel/app-error.ts";
import { digestSchema } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { findOurs } from "./delivery/messenger.ts";
import type { PostStore } from "./delivery/post-store.ts";
import type { FileUpload } from "./listeners/ports.ts";
import { isSlackAddress } from "./settings.ts";

/** A head of the record as the thread witnesses it. */
export interface WitnessedHead {
  readonly version: number;
  readonly hash: Digest;
}

export interface ThreadPorts {
  readonly client: WebClient;
  readonly apiUrl: string;
  readonly desk: Pick<Desk, "find">;
  readonly posts: PostStore;
}

const uploadTimeoutMs = 30_000;

/** What is read from, and put into, the thread of an upgrade besides its posts. */
export class Thread {
  readonly #ports: ThreadPorts;

  constructor(ports: ThreadPorts) {
    this.#ports = ports;
  }

  /** Puts a text file into the thread of an upgrade. @throws AppError `slack_unreachable` when Slack does not take it. */
  async uploadFile({ upgradeId, name, title, text }: FileUpload): Promise<void> {
    const { client, apiUrl } = this.#ports;
    const { channel, threadTs } = await this.#place(upgradeId);
    const bytes = new TextEncoder().encode(text);
    const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({
      filename: name,
      length: bytes.length,
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
    await (threadTs === undefined
      ? client.files.completeUploadExternal({ files, channel_id: channel })
      : client.files.completeUploadExternal({ files, channel_id: channel, thread_ts: threadTs }));
  }

  /** The heads that we posted at milestones, oldest first; empty when there is no thread yet. */
  async readHeads(upgradeId: UpgradeId): Promise<readonly WitnessedHead[]> {
    const { channel, threadTs } = await this.#place(upgradeId);
    if (threadTs === undefined) return [];
    const messages = await findOurs(this.#ports.client, { upgradeId, channel, threadTs }, 0);
    return messages.flatMap(({ metadata }) => {
      const parsed = headSchema.safeParse(metadata.event_payload);
      return parsed.success ? [{ version: parsed.data.version, hash: parsed.data.head }] : [];
    });
  }

  async #place(upgradeId: UpgradeId): Promise<{ readonly channel: string; readonly threadTs: string | undefined }> {
    const upgrade = await this.#ports.desk.find(upgradeId);
    if (upgrade === undefined) throw new Error(`there is no upgrade ${upgradeId}`);
    const rows = await this.#ports.posts.load(upgradeId);
    return { channel: upgrade.request.channel, threadTs: rows.find((row) => row.key === "card")?.ts };
  }
}

const headSchema = z.object({ version: z.number().int(), head: digestSchema });
