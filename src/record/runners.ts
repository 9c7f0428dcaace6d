import { z } from "zod";
import { instantSchema } from "#src/kernel/instant.ts";
import { labelsSchema } from "#src/plan/runner-labels.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { KnownRunner } from "#src/upgrade/known-runner.ts";
import { whyVersionsClash } from "#src/upgrade/program-versions.ts";
import { readBotVersions } from "./bots.ts";
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
    labels: labelsSchema,
    host: z.string(),
    version: z.string(),
    started_at: instantSchema,
    last_seen: instantSchema,
    is_alive: z.boolean(),
    is_draining: z.boolean(),
    is_silent: z.boolean(),
    running: z.array(z.object({ upgradeId: upgradeIdSchema, stepId: z.string() })).readonly(),
  })
  .transform(({ started_at, last_seen, is_alive, is_draining, is_silent, ...row }) => ({
    ...row,
    isSilent: is_silent,
    startedAt: started_at,
    lastSeen: last_seen,
    isAlive: is_alive,
    isDraining: is_draining,
  }));

/** A runner that nobody has seen for this long is history. */
const forgottenAfter = "7 days";
/** It tells that it lives every 5 s; the lock of a process that stands still is held by the system as long as that lives. */
const silentAfter = "30 seconds";
/** More than any installation has; what is read goes into messages. */
const maxRunners = 200;

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

/** Runners that live or were seen within the last days, by id, with what they run according to the record. */
export async function readRunners(database: Database): Promise<readonly KnownRunner[]> {
  const bots = await readBotVersions(database);
  const runners = await select(
    database,
    runnerSchema,
    `select id, environments, labels, host, version, ${instantSql("started_at")} as started_at,
            ${instantSql("last_seen")} as last_seen, ${isHeldSql} as is_alive, is_draining,
            ${isHeldSql} and last_seen < clock_timestamp() - interval '${silentAfter}' as is_silent,
            coalesce((
              select jsonb_agg(jsonb_build_object('upgradeId', upgrade.id, 'stepId', upgrade.running ->> 'stepId') order by upgrade.id)
              from kong_upgrade.upgrade
              where upgrade.running is not null and upgrade.running ->> 'runnerId' = runner.id
            ), '[]'::jsonb) as running
     from kong_upgrade.runner
     where last_seen > clock_timestamp() - interval '${forgottenAfter}'
     order by id limit ${maxRunners}`,
  );
  return runners.map(({ isSilent, ...runner }) => {
    const problem = isSilent ? standsStill(runner.lastSeen) : whyVersionsClash(runner.version, bots);
    return Object.assign(runner, problem === undefined ? {} : { problem });
  });
}

/** Nothing is taken from it: it may go on at any moment, and its commands do. */
function standsStill(lastSeen: string): string {
  return `it has given no sign of life since ${lastSeen}, although its connection stands: its process was stopped, or its machine stands still; let it go on (kill -CONT), or end it (kill -KILL), then what it runs is unknown and people are asked`;
}

const heldStepSchema = z
  .object({
    upgrade_id: upgradeIdSchema,
    step_id: z.string(),
    attempt: z.number().int(),
    runner_id: z.string(),
    last_seen: instantSchema,
    host: z.string(),
    pid: z.number().int(),
    is_silent: z.boolean(),
  })
  .transform(({ upgrade_id, step_id, runner_id, last_seen, is_silent, ...row }) => ({
    ...row,
    upgradeId: upgrade_id,
    stepId: step_id,
    runnerId: runner_id,
    lastSeen: last_seen,
    /** It holds its life and has not said so for a while: it stands still, or its machine does. */
    isSilent: is_silent,
  }));
/** A step that is running according to the record, whose runner holds its life. */
export type HeldStep = z.output<typeof heldStepSchema>;

/** Running steps whose runner's lock is held, with whether that runner still gives signs of life. */
export function readHeldSteps(database: Database): Promise<readonly HeldStep[]> {
  return select(
    database,
    heldStepSchema,
    `select upgrade.id as upgrade_id, upgrade.running ->> 'stepId' as step_id,
            (upgrade.running ->> 'attempt')::integer as attempt, runner.id as runner_id,
            ${instantSql("runner.last_seen")} as last_seen, runner.host, runner.pid,
            runner.last_seen < clock_timestamp() - interval '${silentAfter}' as is_silent
     from kong_upgrade.upgrade
     join kong_upgrade.runner on runner.id = upgrade.running ->> 'runnerId'
     where upgrade.running is not null and ${isHeldSql}`,
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
