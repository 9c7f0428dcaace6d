import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { errorMessage } from "#src/kernel/app-error.ts";
import { jobName, jobOptions, workerOptions } from "./queues.ts";
import type { Queues } from "./queues.ts";

const longestPauseMs = 5_000;
const connectTimeoutMs = 5_000;

/** BullMQ on Redis. @throws Error when the server does not answer. */
export async function openRedisQueues(redisUrl: string): Promise<Queues> {
  await checkServer(redisUrl);
  const connections: Redis[] = [];
  const connect = (onTrouble: (problem: string) => void): Redis => {
    const connection = new Redis(redisUrl, {
      // BullMQ's blocking reads want no limit; every call of ours has one of its own.
      maxRetriesPerRequest: null,
      connectTimeout: connectTimeoutMs,
      retryStrategy: (attempt) => Math.min(attempt * 100, longestPauseMs),
    });
    connection.on("error", (error) => onTrouble(`redis: ${errorMessage(error)}`));
    connections.push(connection);
    return connection;
  };

  return {
    isInDatabase: false,
    openQueue: (name, onTrouble) => {
      const queue = new Queue(name, { connection: connect(onTrouble) });
      queue.on("error", (error) => onTrouble(`queue ${name}: ${errorMessage(error)}`));
      return {
        add: async (upgradeId, ring) => {
          await queue.add(jobName, ring, jobOptions(upgradeId));
        },
        addAt: async (upgradeId, ring, delayMs) => {
          await queue.add(jobName, ring, jobOptions(upgradeId, delayMs));
        },
        oldestAt: async () => (await queue.getJobs(["waiting"], 0, 0, true))[0]?.timestamp,
        close: () => queue.close(),
      };
    },
    openWorker: (name, onJob, onTrouble) => {
      const worker = new Worker(
        name,
        async (job) => {
          onJob(job.data);
        },
        { ...workerOptions, connection: connect(onTrouble) },
      );
      worker.on("error", (error) => onTrouble(`queue ${name}: ${errorMessage(error)}`));
      return {
        ready: async () => {
          await worker.waitUntilReady();
        },
        close: () => worker.close(),
      };
    },
    close: async () => {
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** Connections of BullMQ try for ever; this one tries once and tells why not. */
async function checkServer(redisUrl: string): Promise<void> {
  const connection = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    retryStrategy: () => null,
  });
  let problem: Error | undefined;
  connection.on("error", (error) => {
    problem = error;
  });
  try {
    await connection.connect();
    await connection.ping();
  } catch (error) {
    throw problem ?? error;
  } finally {
    connection.disconnect();
  }
}
