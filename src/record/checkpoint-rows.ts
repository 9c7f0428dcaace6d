import { z } from "zod";
import { instantSchema } from "#src/kernel/instant.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { execute, select } from "./database.ts";
import type { Database } from "./database.ts";
import { instantSql } from "./instant-sql.ts";

const storedCheckpointSchema = z
  .object({ size: z.number().int(), key_id: z.string(), note: z.string(), signed_at: instantSchema })
  .transform(({ key_id, signed_at, ...row }) => ({ ...row, keyId: key_id, signedAt: signed_at }));
/** A signed head of one upgrade's record: the C2SP note over its first `size` events. */
export type StoredCheckpoint = z.output<typeof storedCheckpointSchema>;

/** Oldest first. */
export function readCheckpoints(database: Database, id: UpgradeId): Promise<readonly StoredCheckpoint[]> {
  return select(
    database,
    storedCheckpointSchema,
    `select size, key_id, note, ${instantSql("signed_at")} as signed_at from kong_upgrade.checkpoint
     where upgrade_id = $1 order by size, key_id`,
    [id],
  );
}

/** A checkpoint of the same size by the same key is stored once: Ed25519 signs the same text the same way. */
export async function saveCheckpoint(
  database: Database,
  id: UpgradeId,
  checkpoint: Omit<StoredCheckpoint, "signedAt">,
): Promise<void> {
  await execute(
    database,
    `insert into kong_upgrade.checkpoint (upgrade_id, size, key_id, note, signed_at)
     values ($1, $2, $3, $4, clock_timestamp()) on conflict do nothing`,
    [id, checkpoint.size, checkpoint.keyId, checkpoint.note],
  );
}
