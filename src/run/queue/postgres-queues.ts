import { createPostgresBackend, runMigrations, withBackend } from "bullmq";
import { Client } from "pg";
import { errorMessage } from "#src/kernel/app-error.ts";
import { jobName, jobOptions, workerOptions } from "./queues.ts";
import type { Queues } from "./queues.ts";

const { Queue, Worker } = withBackend(createPostgresBackend);

/** BullMQ's tables lie in a schema of their own, beside the record's. */
export const queueSchema = "kong_upgrade_queue";
/** Per queue and per worker; a worker keeps one more to hear of new jobs. */
const maxConnections = 2;
const connectTimeoutMs = 5_000;

/** BullMQ on PostgreSQL; makes or migrates its schema. */
export async function openPostgresQueues(databaseUrl: string): Promise<Queues> {
  const server = {
    connectionString: databaseUrl,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: "kong-upgrade queue",
  };
  const client = new Client(server);
  // A connection that breaks rejects the running query, which tells the caller.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await runMigrations(client, queueSchema);
  } finally {
    await client.end();
  }

  const connection = { ...server, schema: queueSchema, max: maxConnections };
  return {
    openQueue: (name, onTrouble) => {
      const queue = new Queue(name, { connection });
      queue.on("error", (error: unknown) => onTrouble(`queue ${name}: ${errorMessage(error)}`));
      return {
        add: async (upgradeId, ring) => {
          await queue.add(jobName, ring, jobOptions(upgradeId));
        },
        close: () => queue.close(),
      };
    },
    openWorker: (name, onJob, onTrouble) => {
      const worker = new Worker(
        name,
        async (job) => {
          onJob(job.data);
        },
        { ...workerOptions, connection },
      );
      worker.on("error", (error) => onTrouble(`queue ${name}: ${errorMessage(error)}`));
      return {
        ready: async () => {
          await worker.waitUntilReady();
        },
        close: () => worker.close(),
      };
    },
    close: async () => undefined,
  };
}
