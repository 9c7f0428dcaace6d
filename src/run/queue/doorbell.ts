import type { ClientBase } from "pg";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { epochMsOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Envelope } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { openPostgresQueues } from "./postgres-queues.ts";
import type { QueueWorker, Queues, RingQueue } from "./queues.ts";
import { openRedisQueues } from "./redis-queues.ts";

/** Wakes runners up. It carries signed ids only, and nothing runs because of it: the record says what is to do. */
export interface Doorbell {
  /** Rings for an upgrade; many rings that nobody has answered yet are one. */
  ring(environment: string, upgradeId: UpgradeId, ring: Envelope): Promise<void>;
  /**
   * Rings as part of a transaction in PostgreSQL: heard when it is committed, gone when it is not. Absent where the queue
   * lies on another server: ring after the commit then.
   */
  readonly ringWithin?: (
    transaction: ClientBase,
    ...[environment, upgradeId, ring]: Parameters<Doorbell["ring"]>
  ) => Promise<void>;
  /**
   * Rings at an instant, by this process's clock. An upgrade has one such ring: the last one that was asked for. A queue
   * may lose it, so whoever needs it asks again for what the record says, as often as it likes. Sign it with this instant:
   * a runner drops what is older than minutes.
   */
  ringAt(instant: Instant, ...[environment, upgradeId, ring]: Parameters<Doorbell["ring"]>): Promise<void>;
  /**
   * When the oldest ring of these environments was put in that no runner has heard, in epoch milliseconds; undefined where
   * none waits. @throws Error when the queue does not answer
   */
  oldestRingAt(environments: readonly string[]): Promise<number | undefined>;
  /** Calls back for every job in the queues of these environments until closed; whether it is a ring is for the caller to find out. */
  attend(environments: readonly string[], onJob: (job: Job) => void): Promise<AsyncDisposable>;
  close(): Promise<void>;
}

/** What somebody put into the queue of an environment. */
export interface Job {
  readonly environment: string;
  readonly data: unknown;
}

export interface DoorbellOptions {
  readonly databaseUrl: string;
  /** BullMQ on Redis where given, on PostgreSQL otherwise. */
  readonly redisUrl?: string | undefined;
  /** Told about background troubles; a lost ring does no harm. */
  readonly onTrouble?: ((problem: string) => void) | undefined;
  /** How long a runner may be silent before a job that it holds counts as failed: for tests. */
  readonly lockMs?: number;
}

const openTimeoutMs = 15_000;
const ringTimeoutMs = 10_000;
const closeTimeoutMs = 5_000;

/** @throws AppError `database_unreachable` when PostgreSQL does not answer; `config_invalid` when Redis lets nobody in. */
export async function openDoorbell(options: DoorbellOptions): Promise<Doorbell> {
  const { onTrouble = () => undefined } = options;
  const queues = await open(options, onTrouble);
  const open_ = new Map<string, RingQueue>();
  const workers = new Set<QueueWorker>();

  const queueOf = (environment: string): RingQueue => {
    const known = open_.get(environment);
    if (known !== undefined) return known;
    const queue = queues.openQueue(queueName(environment), onTrouble);
    open_.set(environment, queue);
    return queue;
  };
  const dismiss = async (some: readonly QueueWorker[]): Promise<void> => {
    await within(Promise.all(some.map((worker) => worker.close())), closeTimeoutMs).catch((error: unknown) =>
      onTrouble(`a queue worker did not close: ${errorMessage(error)}`),
    );
    for (const worker of some) workers.delete(worker);
  };

  return {
    ring: (environment, upgradeId, ring) => within(queueOf(environment).add(upgradeId, ring), ringTimeoutMs),
    ...(queues.isInDatabase
      ? {
          ringWithin: async (transaction, environment, upgradeId, ring) =>
            queueOf(environment).addWithin?.(transaction, upgradeId, ring),
        }
      : {}),
    ringAt: (instant, environment, upgradeId, ring) => {
      const delayMs = Math.max(0, epochMsOf(instant) - Date.now());
      return within(queueOf(environment).addAt(upgradeId, ring, delayMs), ringTimeoutMs);
    },
    oldestRingAt: (environments) =>
      within(queues.oldestAt(environments.map((environment) => queueName(environment))), ringTimeoutMs),
    attend: async (environments, onJob) => {
      const mine = environments.map((environment) =>
        queues.openWorker(queueName(environment), (data) => onJob({ environment, data }), onTrouble),
      );
      for (const worker of mine) workers.add(worker);
      await within(Promise.all(mine.map((worker) => worker.ready())), openTimeoutMs).catch((error: unknown) =>
        onTrouble(`the job queue is not heard yet, it is tried again in the background: ${errorMessage(error)}`),
      );
      return { [Symbol.asyncDispose]: () => dismiss(mine) };
    },
    close: async () => {
      await dismiss([...workers]);
      const closing = Promise.all([...open_.values()].map((queue) => queue.close()));
      await within(closing, closeTimeoutMs).catch((error: unknown) =>
        onTrouble(`a queue did not close: ${errorMessage(error)}`),
      );
      await queues.close();
    },
  };
}

async function open(
  { redisUrl, databaseUrl, lockMs }: DoorbellOptions,
  onTrouble: (problem: string) => void,
): Promise<Queues> {
  const opening =
    redisUrl === undefined
      ? openPostgresQueues(databaseUrl, onTrouble, lockMs)
      : openRedisQueues(redisUrl, onTrouble, lockMs);
  try {
    return await within(opening, openTimeoutMs);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const server = redisUrl === undefined ? "PostgreSQL" : "Redis";
    throw new AppError(
      "database_unreachable",
      `the job queue on ${server} cannot be opened: ${errorMessage(cause)}; check that the server runs and its address`,
      { cause },
    );
  }
}

/** BullMQ's names may not hold a colon; environment names of the configuration never do. */
function queueName(environment: string): string {
  return `kong-upgrade-${environment}`;
}

async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
