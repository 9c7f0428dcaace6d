import { Redis } from "ioredis";
import type { Client } from "pg";
import { z } from "zod";
import { select } from "#src/record/database.ts";
import { queueSchema } from "./postgres-queues.ts";

/** What a Redis server says about itself; undefined where it does not tell. */
export interface RedisServer {
  readonly version: string | undefined;
  /** `noeviction` throws nothing away when memory is full. */
  readonly evictionPolicy: string | undefined;
  /** Whether writes go to an append-only file. */
  readonly isAofOn: boolean | undefined;
}

const timeoutMs = 5_000;

/** Asks with `INFO` alone: `CONFIG` is forbidden on many hosted servers. @throws Error when the server does not answer */
export async function inspectRedis(redisUrl: string): Promise<RedisServer> {
  const connection = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    retryStrategy: () => null,
  });
  let problem: Error | undefined;
  connection.on("error", (error) => {
    problem = error;
  });
  try {
    await connection.connect();
    const text = await connection.info();
    return {
      version: field(text, "redis_version"),
      evictionPolicy: field(text, "maxmemory_policy"),
      isAofOn: field(text, "aof_enabled") === undefined ? undefined : field(text, "aof_enabled") === "1",
    };
  } catch (error) {
    throw problem ?? error;
  } finally {
    connection.disconnect();
  }
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*)$`, "mu").exec(info)?.[1]?.trim();
}

/** Whether BullMQ's tables lie in the database; the first process that opens the queue makes them. */
export async function hasPostgresQueue(client: Client): Promise<boolean> {
  const [row] = await select(
    client,
    z.object({ exists: z.boolean() }),
    "select exists (select from pg_namespace where nspname = $1) as exists",
    [queueSchema],
  );
  return row?.exists === true;
}
