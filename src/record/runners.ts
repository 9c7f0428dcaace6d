import { z } from "zod";
import { instantSchema } from "#src/kernel/instant.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import { select } from "./database.ts";
import type { Database } from "./database.ts";
import { instantSql } from "./instant-sql.ts";

/**
 * Free advisory locks prove nothing right after the server restarted, because every session was dropped: runners that
 * live get this long to come back before their steps count as lost.
 */
const comeBackTime = "5 seconds";

/** True while a session of this database holds the runner's advisory lock; `pg_locks` splits the key in two halves. */
const isHeldSql = `exists (
  select from pg_locks
  where locktype = 'advisory' and granted and objsubid = 1
    and database = (select oid from pg_database where datname = current_database())
    and classid = ((runner.lock_key >> 32) & 4294967295)::oid and objid = (runner.lock_key & 4294967295)::oid
)`;

const lostStepSchema = z
  .object({
    upgrade_id: upgradeIdSchema,
    environment: z.string(),
    step_id: z.string(),
    attempt: z.number().int(),
    runner_id: z.string(),
    last_seen: instantSchema.nullable(),
  })
  .transform((row) => ({
    upgradeId: row.upgrade_id,
    environment: row.environment,
    stepId: row.step_id,
    attempt: row.attempt,
    runnerId: row.runner_id,
    /** Absent for a runner that never registered. */
    lastSeen: row.last_seen ?? undefined,
  }));
/** A step that is running according to the record, whose runner is gone. */
export type LostStep = z.output<typeof lostStepSchema>;

const runnerSchema = z
  .object({
    id: z.string(),
    environments: z.array(z.string()).readonly(),
    host: z.string(),
    pid: z.number().int(),
    version: z.string(),
    started_at: instantSchema,
    last_seen: instantSchema,
    is_alive: z.boolean(),
  })
  .transform(({ started_at, last_seen, is_alive, ...row }) => ({
    ...row,
    startedAt: started_at,
    lastSeen: last_seen,
    isAlive: is_alive,
  }));
export type KnownRunner = z.output<typeof runnerSchema>;

/** Whether the runner's process holds its lock now. */
export async function isRunnerAlive(database: Database, id: string): Promise<boolean> {
  const [row] = await select(
    database,
    z.object({ is_alive: z.boolean() }),
    `select ${isHeldSql} as is_alive from kong_upgrade.runner where id = $1`,
    [id],
  );
  return row?.is_alive ?? false;
}

/** All runners that ever registered, by id. */
export function readRunners(database: Database): Promise<readonly KnownRunner[]> {
  return select(
    database,
    runnerSchema,
    `select id, environments, host, pid, version, ${instantSql("started_at")} as started_at,
            ${instantSql("last_seen")} as last_seen, ${isHeldSql} as is_alive
     from kong_upgrade.runner order by id`,
  );
}

/** Running steps whose runner's lock is free: their outcome is unknown. */
export function readLostSteps(database: Database): Promise<readonly LostStep[]> {
  return select(
    database,
    lostStepSchema,
    `select upgrade.id as upgrade_id, upgrade.environment, upgrade.running ->> 'stepId' as step_id,
            (upgrade.running ->> 'attempt')::integer as attempt, upgrade.running ->> 'runnerId' as runner_id,
            ${instantSql("runner.last_seen")} as last_seen
     from kong_upgrade.upgrade
     left join kong_upgrade.runner on runner.id = upgrade.running ->> 'runnerId'
     where upgrade.running is not null and not ${isHeldSql}
       and clock_timestamp() - pg_postmaster_start_time() > interval '${comeBackTime}'`,
  );
}
