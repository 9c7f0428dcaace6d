import { z } from "zod";
import type { UpgradeId } from "#src/upgrade/identity.ts";

const postStateSchema = z.enum(["sending", "sent", "gone"]);

/**
 * `sending` is written before the call: it may or may not have arrived. `sent`: Slack gave a ts, or it was shown to one
 * person. `gone`: never sent again.
 */
type PostState = z.infer<typeof postStateSchema>;

/** A row as it is stored. */
export interface StoredPost {
  readonly upgradeId: UpgradeId;
  readonly key: string;
  readonly channel: string;
  readonly threadTs?: string | undefined;
  readonly ts?: string | undefined;
  readonly contentDigest: string;
  readonly state: string;
}

/** What is known about one message in Slack. */
export interface PostRow extends StoredPost {
  readonly state: PostState;
}

/** Where the rows are kept. A row is saved before its message is sent, so a message without a row was never sent. */
export interface PostStore {
  load(upgradeId: UpgradeId): Promise<readonly StoredPost[]>;
  /** How many there are. */
  count(upgradeId: UpgradeId): Promise<number>;
  save(row: PostRow): Promise<void>;
}

/** A state that this version does not know is looked up in Slack, like one that may or may not have arrived. */
export function readRow(stored: StoredPost): PostRow {
  return { ...stored, state: postStateSchema.catch("sending").parse(stored.state) };
}
