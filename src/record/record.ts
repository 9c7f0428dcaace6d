import type { Pool } from "pg";
import { z } from "zod";
import type { Instant } from "#src/kernel/instant.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import { databaseKeys } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Bell } from "./bell.ts";
import { announceBot, readBotVersions } from "./bots.ts";
import type { BotInfo } from "./bots.ts";
import { readCheckpoints, saveCheckpoint } from "./checkpoint-rows.ts";
import type { StoredCheckpoint } from "./checkpoint-rows.ts";
import { openPool, select } from "./database.ts";
import { createDesk } from "./desk.ts";
import { readClock, readRawEvents } from "./event-rows.ts";
import { readTrace, readTraces } from "./event-traces.ts";
import { instantSql } from "./instant-sql.ts";
import { listen } from "./listen.ts";
import type { Change, OnTrouble } from "./listen.ts";
import { isOurs, migrate, readMigrationState, requireOwnSchema } from "./migrate.ts";
import { appendOutput, readOutput, readOutputTail } from "./output-chunks.ts";
import type { AttemptRef, OutputChunk, StoredChunk } from "./output-chunks.ts";
import { rebuildSummaries } from "./rebuild-summaries.ts";
import { countUnreviewed } from "./reviews.ts";
import { registerRunner } from "./runner-life.ts";
import type { RunnerInfo, RunnerLife } from "./runner-life.ts";
import { isRunnerAlive, readHeldSteps, readLostSteps } from "./runners.ts";
import type { HeldStep, LostStep } from "./runners.ts";
import { createInbox } from "./slack-inbox.ts";
import { countPosts, readPosts, savePost } from "./slack-posts.ts";
import type { SlackPost } from "./slack-posts.ts";
import { createUpgradeLog } from "./upgrade-log.ts";

/** Who holds an environment and its database; the fence grows with every lock that is taken. */
interface EnvironmentLock {
  readonly environment: string;
  readonly databaseKey: string;
  readonly upgradeId: UpgradeId;
  /** A decimal number; compare for equality. */
  readonly fence: string;
  readonly since: Instant;
}

/** The record in PostgreSQL: the desk, and what runners, the Slack side and the export keep next to the events. */
export interface Record extends Desk, AsyncDisposable {
  /** The database's clock, the only one that counts. */
  now(): Promise<Instant>;
  /** Whether the schema is still the one of this program: a newer program may have migrated it meanwhile. */
  isSchemaOurs(): Promise<boolean>;
  /** How many upgrades ran a step without its approval, and nobody has reviewed that. */
  unreviewed(): Promise<number>;
  /** Calls back for every append by any process until disposed; begins with a `gap`. */
  listen(onChange: (change: Change) => void): AsyncDisposable;
  /** The trace of whoever let the upgrade go on last; undefined where nobody did since traces are kept. */
  traceOf(id: UpgradeId): Promise<string | undefined>;
  /** Traces of the events after a version, by version; what nobody asked for has none. */
  tracesOfEvents(id: UpgradeId, afterVersion: number): Promise<ReadonlyMap<number, string>>;
  /** The lock of an environment; undefined when it is free. */
  lockOf(environment: string): Promise<EnvironmentLock | undefined>;
  /** The lock of an environment or of a database that it uses; undefined where all of them are free. */
  lockOn(environment: Environment): Promise<EnvironmentLock | undefined>;

  /** Holds a runner's sign of life until disposed. @throws AppError `runner_refused` when the id is taken. */
  registerRunner(runner: RunnerInfo): Promise<RunnerLife>;
  isRunnerAlive(id: string): Promise<boolean>;
  /** Says that this replica of the bot is there until disposed. */
  announceBot(bot: BotInfo): Promise<AsyncDisposable>;
  /** Versions of the bot's replicas that are there now; none where no bot is. */
  botVersions(): Promise<readonly string[]>;
  /** Running steps whose runner is gone; somebody has to submit `report_runner_lost` for them. */
  lostRunners(): Promise<readonly LostStep[]>;

  /** Running steps whose runner holds its life; silent ones are told by `report_runner_silent`, and people asked. */
  heldSteps(): Promise<readonly HeldStep[]>;

  appendOutput(attempt: AttemptRef, chunks: readonly OutputChunk[]): Promise<void>;
  readOutput(
    attempt: AttemptRef,
    page: { readonly afterSeq: number; readonly limit: number },
  ): Promise<readonly StoredChunk[]>;

  /** The last lines that are stored of an attempt, the newest last. */
  readOutputTail(attempt: AttemptRef, lines: number): Promise<readonly string[]>;

  loadPosts(id: UpgradeId): Promise<readonly SlackPost[]>;
  countPosts(id: UpgradeId): Promise<number>;
  savePost(post: SlackPost): Promise<void>;
  /** True the first time a delivery's key is seen, by whichever replica. */
  isFirstDelivery(key: string): Promise<boolean>;

  /** The events as they lie in the table, for verification. */
  rawEvents(id: UpgradeId): Promise<readonly unknown[]>;
  checkpoints(id: UpgradeId): Promise<readonly StoredCheckpoint[]>;
  saveCheckpoint(id: UpgradeId, checkpoint: Omit<StoredCheckpoint, "signedAt">): Promise<void>;

  /** Drops nothing, rewrites every summary from the events; answers how many upgrades there are. */
  rebuildSummaries(): Promise<number>;
}

export interface RecordOptions {
  /** Connection string; everything lies in the schema `kong_upgrade`. */
  readonly url: string;
  /** Replaces the database's clock for events: for tests. */
  readonly now?: () => Instant;
  /** Told when a background connection is away. */
  readonly onTrouble?: OnTrouble;
  /** How runners are woken up; without it they find their turn by looking. */
  readonly bell?: Bell;
}

/**
 * Migrates the schema and opens the record.
 * @throws AppError `database_unreachable`, `record_invalid` (made by a newer program).
 */
export async function openRecord(options: RecordOptions): Promise<Record> {
  await migrate(options.url);
  return recordIn(openPool(options.url), options);
}

/**
 * Opens the record as it lies, for whoever only visits: its schema is not changed.
 * @throws AppError `database_unreachable`, `record_invalid` (there is none, or another version made it).
 */
export async function visitRecord(url: string): Promise<Record> {
  const pool = openPool(url);
  try {
    await requireOwnSchema(pool);
  } catch (cause) {
    await pool.end();
    throw cause;
  }
  return recordIn(pool, { url });
}

function recordIn(pool: Pool, { url, now, onTrouble = () => undefined, bell }: RecordOptions): Record {
  const log = createUpgradeLog({ pool, now, bell, onTrouble });
  let closed: Promise<void> | undefined;
  return {
    ...createDesk(pool, log, onTrouble),
    now: () => readClock(pool),
    isSchemaOurs: async () => isOurs(await readMigrationState(pool)),
    unreviewed: () => countUnreviewed(pool),
    listen: (onChange) => listen(url, onChange, onTrouble),
    traceOf: (id) => readTrace(pool, id),
    tracesOfEvents: (id, afterVersion) => readTraces(pool, id, afterVersion),
    lockOf: (environment) => readLock(pool, environment, []),
    lockOn: (environment) => readLock(pool, environment.name, databaseKeys(environment)),
    registerRunner: (runner) => registerRunner(url, runner, onTrouble),
    isRunnerAlive: (id) => isRunnerAlive(pool, id),
    announceBot: (bot) => announceBot(pool, bot, onTrouble),
    botVersions: () => readBotVersions(pool),
    lostRunners: () => readLostSteps(pool),
    heldSteps: () => readHeldSteps(pool),
    appendOutput: (attempt, chunks) => appendOutput(pool, attempt, chunks),
    readOutput: (attempt, page) => readOutput(pool, attempt, page),
    readOutputTail: (attempt, lines) => readOutputTail(pool, attempt, lines),
    loadPosts: (id) => readPosts(pool, id),
    countPosts: (id) => countPosts(pool, id),
    savePost: (post) => savePost(pool, post),
    isFirstDelivery: createInbox(pool),
    rawEvents: (id) => readRawEvents(pool, id),
    checkpoints: (id) => readCheckpoints(pool, id),
    saveCheckpoint: (id, checkpoint) => saveCheckpoint(pool, id, checkpoint),
    rebuildSummaries: () => rebuildSummaries(pool),
    [Symbol.asyncDispose]: () => (closed ??= pool.end()),
  };
}

const lockSchema = z.object({
  environment: z.string(),
  databaseKey: z.string(),
  upgradeId: upgradeIdSchema,
  fence: z.string(),
  since: instantSchema,
});

async function readLock(
  pool: Pool,
  environment: string,
  databases: readonly string[],
): Promise<EnvironmentLock | undefined> {
  const [lock] = await select(
    pool,
    lockSchema,
    `select environment, database_key as "databaseKey", upgrade_id as "upgradeId", fence, ${instantSql("since")} as since
     from kong_upgrade.upgrade_lock
     where environment = $1 or database_key = any($2) or upgrade_id in (
       select upgrade_id from kong_upgrade.upgrade_lock_database where database_key = any($2))
     order by environment = $1 desc limit 1`,
    [environment, databases],
  );
  return lock;
}
