import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { PostgresConnection, PostgresQueueBackend, runMigrations, withBackend } from "bullmq";
import type { BackendFactory, PgQueryable, PostgresConnectionOptions } from "bullmq";
import { Client } from "pg";
import { z } from "zod";
import { errorMessage } from "#src/kernel/app-error.ts";
import { jobName, jobOptions, workerOptions } from "./queues.ts";
import type { Queues } from "./queues.ts";

/** BullMQ's tables lie in a schema of their own, beside the record's. */
export const queueSchema = "kong_upgrade_queue";
/** For all queues of a process together, and again for all its workers, which keep one more to hear of new jobs. */
const maxConnections = 2;
/** A worker for each of hundreds of environments waits for one of these connections when a runner starts. */
const connectTimeoutMs = 15_000;
/**
 * How long an idle worker waits before it looks by itself, in seconds. It hears of new jobs and knows when a delayed one is
 * due; with BullMQ's 5 s the workers of 200 environments asked the server a hundred times a second, in each runner.
 */
const drainDelay = 60;

/** BullMQ on PostgreSQL; makes or migrates its schema. */
export async function openPostgresQueues(
  databaseUrl: string,
  onTrouble: (problem: string) => void = () => undefined,
  lockMs?: number,
): Promise<Queues> {
  const server = {
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: "kong-upgrade queue",
  };
  await migrate(server);
  const connect = (): SharedConnection => new SharedConnection({ ...server, schema: queueSchema, max: maxConnections });

  const ringing = connect();
  ringing.on("error", (error: unknown) => onTrouble(`the queue on PostgreSQL: ${errorMessage(error)}`));
  const transaction = new AsyncLocalStorage<PgQueryable>();
  joinTransactions(ringing, transaction);
  await ringing.waitUntilReady();
  const { Queue } = withBackend(lending(ringing, "quiet"));

  let listening: SharedConnection | undefined;
  return {
    isInDatabase: true,
    openQueue: (name, onQueueTrouble) => {
      const queue = new Queue(name, { connection: server });
      queue.on("error", (error: unknown) => onQueueTrouble(`queue ${name}: ${errorMessage(error)}`));
      return {
        add: async (upgradeId, ring) => {
          await queue.add(jobName, ring, jobOptions(upgradeId));
        },
        addAt: async (upgradeId, ring, delayMs) => {
          await queue.add(jobName, ring, jobOptions(upgradeId, delayMs));
        },
        addWithin: async (client, upgradeId, ring) => {
          // Its functions are called without a schema. Until the end of the transaction, which names its own tables in full.
          await client.query(`set local search_path to ${queueSchema}`);
          await transaction.run(client, () => queue.add(jobName, ring, jobOptions(upgradeId)));
        },
        close: () => queue.close(),
      };
    },
    openWorker: (name, onJob, onWorkerTrouble) => {
      listening ??= connect();
      const { Worker } = withBackend(lending(listening, "listens"));
      const worker = new Worker(
        name,
        async (job) => {
          onJob(job.data);
        },
        { ...workerOptions(lockMs), drainDelay, connection: server },
      );
      worker.on("error", (error) => onWorkerTrouble(`queue ${name}: ${errorMessage(error)}`));
      return {
        ready: async () => {
          await worker.waitUntilReady();
        },
        close: () => worker.close(),
      };
    },
    oldestAt: async (names) => {
      const { rows } = await ringing.pool.query(oldestSql, [names]);
      return z.array(oldestSchema).parse(rows)[0]?.at ?? undefined;
    },
    close: async () => {
      await Promise.all([ringing.close(), listening?.close()]);
    },
  };
}

/**
 * One question about all queues: BullMQ's own way asks about one, and those of 200 environments took seconds whenever
 * somebody wanted figures. Its table is that of the version that `package.json` pins (BullMQ 6.7); a test looks at it.
 */
const oldestSql = `select min(added_at_ms) as at from ${queueSchema}.job where queue = any($1) and state = 'waiting'`;
const oldestSchema = z.object({ at: z.coerce.number().nullable() });

async function migrate(server: ConstructorParameters<typeof Client>[0]): Promise<void> {
  const client = new Client(server);
  // A connection that breaks rejects the running query, which tells the caller.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await runMigrations(client, queueSchema);
  } finally {
    await client.end();
  }
}

type PgListenClient = Awaited<ReturnType<PostgresConnection["getListenClient"]>>;

/** A connection of many queues: its one session that hears of new jobs takes a statement at a time, for all of them. */
class SharedConnection extends PostgresConnection {
  readonly #shared = new WeakSet<PgListenClient>();

  constructor(options: PostgresConnectionOptions) {
    super(options);
    // One listener for each environment.
    this.setMaxListeners(0);
  }

  override async getListenClient(): Promise<PgListenClient> {
    const client = await super.getListenClient();
    if (this.#shared.has(client)) return client;
    this.#shared.add(client);
    if (client instanceof EventEmitter) client.setMaxListeners(0);
    const send = client.query.bind(client);
    let last: Promise<unknown> = Promise.resolve();
    client.query = (text, params) => {
      const answer = last.then(() => send(text, params));
      last = answer.catch(() => undefined);
      return answer;
    };
    return client;
  }
}

/**
 * Makes a connection's statements part of the transaction that its caller runs in, where there is one. BullMQ has no way
 * to be told so: this replaces a method of its pool, which holds for the version that `package.json` pins and the test
 * `postgres-transaction.test.ts` (BullMQ 6.7).
 */
function joinTransactions({ pool }: PostgresConnection, transaction: AsyncLocalStorage<PgQueryable>): void {
  const outside = pool.query.bind(pool);
  pool.query = (text, params) => transaction.getStore()?.query(text, params) ?? outside(text, params);
}

/** A backend that leaves the connection open for the others when its queue or worker is closed. */
class LentBackend extends PostgresQueueBackend {
  override async close(): Promise<void> {
    // Whoever lent the connection closes it.
  }
}

/** All queues of a process over one connection: one for each of 200 environments would use up a server's. */
function lending(
  connection: PostgresConnection,
  use: "quiet" | "listens",
): BackendFactory<PostgresQueueBackend, PostgresConnectionOptions> {
  // Only what "owns" its connection listens again after it broke.
  return (name, options) => new LentBackend(connection, name, options, use === "listens");
}
