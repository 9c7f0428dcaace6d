import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import type { Envelope } from "#src/upgrade/events.ts";
import { inspectRedis } from "./inspect.ts";
import { jobName, jobOptions, workerOptions } from "./queues.ts";
import type { Queues } from "./queues.ts";

const longestPauseMs = 5_000;
const connectTimeoutMs = 5_000;

/**
 * BullMQ on Redis. A server that is away is told and waited for in the background: rings are lost meanwhile, and whoever
 * rings does so again. No text that leaves here holds the password.
 * @throws AppError `config_invalid` when the address is none, or the server does not let us in: that does not heal.
 */
export async function openRedisQueues(
  redisUrl: string,
  onTrouble: (problem: string) => void,
  lockMs?: number,
): Promise<Queues> {
  const hide = hidingOf(redisUrl);
  const tell = (problem: string): void => onTrouble(hide(problem));
  await lookAt(redisUrl, hide, tell);
  const connections: Redis[] = [];
  const connect = (use: "rings" | "listens"): Redis => {
    const connection = new Redis(redisUrl, {
      // BullMQ's blocking reads want no limit; every call of ours has one of its own.
      maxRetriesPerRequest: null,
      // Rings that nobody can hear are not kept: for hours they would only fill the memory.
      enableOfflineQueue: use === "listens",
      connectTimeout: connectTimeoutMs,
      retryStrategy: (attempt) => Math.min(attempt * 100, longestPauseMs),
    });
    connection.on("error", (error) => tell(`redis: ${errorMessage(error)}`));
    connections.push(connection);
    return connection;
  };
  const ringing = connect("rings");
  // One listener for each environment.
  ringing.setMaxListeners(0);
  const queues = new Map<string, Queue>();
  const queueOf = (name: string): Queue => {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, { connection: ringing });
    queue.on("error", (error) => tell(`queue ${name}: ${errorMessage(error)}`));
    queues.set(name, queue);
    return queue;
  };

  return {
    isInDatabase: false,
    openQueue: (name) => {
      const queue = queueOf(name);
      const add = (upgradeId: string, ring: Envelope, delayMs = 0): Promise<void> =>
        queue.add(jobName, ring, jobOptions(upgradeId, delayMs)).then(
          () => undefined,
          // Errors of ioredis carry the command that failed, arguments and all.
          (error: unknown) => Promise.reject(new Error(hide(errorMessage(error)))),
        );
      return {
        add,
        addAt: add,
        close: () => queue.close(),
      };
    },
    openWorker: (name, onJob) => {
      const worker = new Worker(
        name,
        async (job) => {
          onJob(job.data);
        },
        { ...workerOptions(lockMs), connection: connect("listens") },
      );
      worker.on("error", (error) => tell(`queue ${name}: ${errorMessage(error)}`));
      return {
        ready: async () => {
          await worker.waitUntilReady();
        },
        close: () => worker.close(),
      };
    },
    oldestAt: async (names) => {
      const asked = names.map(async (name) => (await queueOf(name).getJobs(["waiting"], 0, 0, true))[0]?.timestamp);
      const found = (await Promise.all(asked)).filter((at) => at !== undefined);
      return found.length === 0 ? undefined : Math.min(...found);
    },
    close: async () => {
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** Takes the password of an address out of texts, as it stands there and as it is meant. */
function hidingOf(redisUrl: string): (text: string) => string {
  const url = URL.canParse(redisUrl) ? new URL(redisUrl) : undefined;
  if (url === undefined || !/^rediss?:$/u.test(url.protocol)) {
    throw new AppError(
      "config_invalid",
      "REDIS_URL is no address of a Redis; write redis://user:password@host:port/0, or rediss:// with TLS",
    );
  }
  const secrets = [redisUrl, url.password, decode(url.password)].filter((secret) => secret !== "");
  return (text) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "[redacted]"), text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Looks once what there is. */
async function lookAt(
  redisUrl: string,
  hide: (text: string) => string,
  tell: (problem: string) => void,
): Promise<void> {
  try {
    const { evictionPolicy, role } = await inspectRedis(redisUrl);
    if (evictionPolicy !== undefined && evictionPolicy !== "noeviction") {
      tell(
        `redis may throw rings away when its memory is full (maxmemory-policy ${evictionPolicy}); set maxmemory-policy noeviction`,
      );
    }
    if (role === "replica") {
      tell(
        "redis is a replica here, which takes no rings; name the primary in REDIS_URL (runners look every few seconds meanwhile)",
      );
    }
  } catch (error) {
    const why = hide(errorMessage(error));
    // Too many clients are fewer one day; everything else that it refuses so, it refuses for ever.
    if (/^(?:WRONGPASS|NOAUTH|NOPERM|ERR(?! max number of clients))\b/u.test(why)) {
      throw new AppError(
        "config_invalid",
        `the job queue on Redis cannot be opened: ${why}; check user, password and rights in REDIS_URL`,
      );
    }
    tell(
      `the job queue on Redis cannot be reached, it is tried again in the background: ${why}; check that the server runs and its address; runners look every few seconds meanwhile`,
    );
  }
}
