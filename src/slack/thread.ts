import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import { digestSchema } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { findOurs } from "./delivery/messenger.ts";
import type { PostStore } from "./delivery/post-store.ts";
import type { FileUpload } from "./listeners/ports.ts";
import { uploadFile } from "./upload-file.ts";

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

/** What is read from, and put into, the thread of an upgrade besides its posts. */
export class Thread {
  readonly #ports: ThreadPorts;

  constructor(ports: ThreadPorts) {
    this.#ports = ports;
  }

  /** Puts a text file into the thread of an upgrade. @throws AppError `slack_unreachable` when Slack does not take it. */
  async uploadFile({ upgradeId, name, title, text }: FileUpload): Promise<void> {
    const { channel, threadTs } = await this.#place(upgradeId);
    await uploadFile(this.#ports, { channel, threadTs, name, title, content: text });
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
