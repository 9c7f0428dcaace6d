import { z } from "zod";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { execute, select } from "./database.ts";
import type { Database } from "./database.ts";

const postSchema = z
  .object({
    upgrade_id: upgradeIdSchema,
    key: z.string(),
    channel: z.string(),
    thread_ts: z.string().nullable(),
    ts: z.string().nullable(),
    content_digest: z.string(),
    state: z.string(),
  })
  .transform((row): SlackPost => ({
    upgradeId: row.upgrade_id,
    key: row.key,
    channel: row.channel,
    threadTs: row.thread_ts ?? undefined,
    ts: row.ts ?? undefined,
    contentDigest: row.content_digest,
    state: row.state,
  }));

/** Which message in Slack shows what of an upgrade, and which contents it has. What `state` means is the Slack side's. */
export interface SlackPost {
  readonly upgradeId: UpgradeId;
  readonly key: string;
  readonly channel: string;
  readonly threadTs?: string | undefined;
  /** Absent until Slack gave one. */
  readonly ts?: string | undefined;
  readonly contentDigest: string;
  readonly state: string;
}

export function readPosts(database: Database, id: UpgradeId): Promise<readonly SlackPost[]> {
  return select(
    database,
    postSchema,
    `select upgrade_id, key, channel, thread_ts, ts, content_digest, state from kong_upgrade.slack_post
     where upgrade_id = $1 order by key`,
    [id],
  );
}

/** How many messages of an upgrade are known. */
export async function countPosts(database: Database, id: UpgradeId): Promise<number> {
  const [row] = await select(
    database,
    z.object({ count: z.number().int() }),
    "select count(*)::integer as count from kong_upgrade.slack_post where upgrade_id = $1",
    [id],
  );
  return row?.count ?? 0;
}

export async function savePost(database: Database, post: SlackPost): Promise<void> {
  await execute(
    database,
    `insert into kong_upgrade.slack_post (upgrade_id, key, channel, thread_ts, ts, content_digest, state, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
     on conflict (upgrade_id, key) do update set channel = excluded.channel, thread_ts = excluded.thread_ts,
       ts = excluded.ts, content_digest = excluded.content_digest, state = excluded.state,
       updated_at = excluded.updated_at`,
    [post.upgradeId, post.key, post.channel, post.threadTs ?? null, post.ts ?? null, post.contentDigest, post.state],
  );
}
