import type { Client } from "pg";
import { z } from "zod";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { withClient } from "./with-client.ts";

/** The lock of an upgrade got another number, as after a restore or by an administrator's hand. */
export interface LockMove {
  readonly upgradeId: UpgradeId;
  readonly fence: string;
  /** By the clock of the record's database, in epoch milliseconds; nobody could look at the lock in this moment. */
  readonly atMs: number;
}

/** A row by which a runner got a step, as it lies in the record's database. */
export interface Claim {
  readonly upgradeId: UpgradeId;
  readonly stepId: string;
  readonly attempt: number;
  readonly runnerId: string;
  /** By the clock of the record's database, in epoch milliseconds. */
  readonly atMs: number;
}

const claimSchema = z
  .object({
    upgrade_id: upgradeIdSchema,
    step_id: z.string(),
    attempt: z.number(),
    runner_id: z.string(),
    claimed_at: z.date(),
  })
  .transform((row): Claim => ({
    upgradeId: row.upgrade_id,
    stepId: row.step_id,
    attempt: row.attempt,
    runnerId: row.runner_id,
    atMs: row.claimed_at.getTime(),
  }));
const movedSchema = z.object({ fence: z.string(), at: z.date() });

/** Takes the lock of an upgrade anew; undefined where it holds none. @throws Error while the database is away */
export async function moveLock(client: Client, upgradeId: UpgradeId): Promise<LockMove | undefined> {
  // The time is taken when the row is ours: whoever claimed before has committed, whoever claims later sees the new number.
  const { rows } = await client.query(
    `update kong_upgrade.upgrade_lock set fence = nextval('kong_upgrade.fence') where upgrade_id = $1
     returning fence::text, clock_timestamp() as at`,
    [upgradeId],
  );
  const [moved] = z.array(movedSchema).parse(rows);
  return moved === undefined ? undefined : { upgradeId, fence: moved.fence, atMs: moved.at.getTime() };
}

/** Every claim there is. */
export async function readClaims(url: string): Promise<readonly Claim[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query(
      "select upgrade_id, step_id, attempt, runner_id, claimed_at from kong_upgrade.step_claim",
    );
    return z.array(claimSchema).parse(rows);
  });
}

/** Every upgrade of which anything is written down: one whose record is broken is in no list of the product. */
export async function readIds(url: string): Promise<readonly UpgradeId[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query(
      "select id from kong_upgrade.upgrade union select distinct upgrade_id from kong_upgrade.event order by id",
    );
    return z
      .array(z.object({ id: upgradeIdSchema }))
      .parse(rows)
      .map(({ id }) => id);
  });
}
