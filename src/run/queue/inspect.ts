import type { Client } from "pg";
import { z } from "zod";
import { select } from "#src/record/database.ts";
import { askRedis } from "./ask-redis.ts";
import { queueSchema } from "./postgres-queues.ts";

/** What a Redis server says about itself; undefined where it does not tell. */
export interface RedisServer {
  readonly version: string | undefined;
  /** `noeviction` throws nothing away when memory is full. */
  readonly evictionPolicy: string | undefined;
  /** Whether writes go to an append-only file. */
  readonly isAofOn: boolean | undefined;
  /** A replica takes no jobs: it is read only, but for servers whose owner said otherwise. */
  readonly role: "primary" | "replica" | undefined;
}

/** Asks with `INFO` alone: `CONFIG` is forbidden on many hosted servers. @throws Error when the server does not answer */
export async function inspectRedis(redisUrl: string): Promise<RedisServer> {
  const text = await askRedis(redisUrl, (connection) => connection.info());
  const aof = field(text, "aof_enabled");
  return {
    version: field(text, "redis_version"),
    evictionPolicy: field(text, "maxmemory_policy"),
    isAofOn: aof === undefined ? undefined : aof === "1",
    role: roleIn(text),
  };
}

/** By the server's `INFO`, as it calls them: `master` and `slave` (Redis 2.8 to 8). */
function roleIn(info: string): RedisServer["role"] {
  const role = field(info, "role");
  return role === "master" ? "primary" : role === "slave" ? "replica" : undefined;
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
