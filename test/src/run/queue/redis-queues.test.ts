import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { checkRedisQueue } from "#src/doctor/check-queue.ts";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import type { Job } from "#src/run/queue/doorbell.ts";
import { describeDoorbell, openOne, ringFor } from "#test/src/run/queue-conformance.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const hasRedis = await execa("redis-server", ["--version"], { reject: false, timeout: 5_000 }).then(
  (result) => result.exitCode === 0,
);

if (!hasRedis)
  test("redis-server is installed; without it the doorbell on Redis is NOT tested", (context) => {
    expect(process.env["CI"]).not.toBe("true");
    context.skip("the doorbell on Redis was NOT tested: apt-get install redis-server");
  });

describe.runIf(hasRedis)("the doorbell on Redis", () => {
  describeDoorbell(async () => {
    const redis = await startRedis();
    return {
      openDoorbell: () => openOne({ databaseUrl: "postgres://unused", redisUrl: redis.url }),
      [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
    };
  });

  test("a server that does not answer is named with what to do", async () => {
    await expect(openDoorbell({ databaseUrl: "postgres://unused", redisUrl: "redis://127.0.0.1:1" })).rejects.toThrow(
      /job queue on Redis cannot be opened.*ECONNREFUSED.*check that the server runs/u,
    );
  });

  test("rings work again after the server was flushed", async () => {
    await using redis = await startRedis();
    await using bell = await openOne({ databaseUrl: "postgres://unused", redisUrl: redis.url });
    const rings: Job[] = [];
    await using _attending = await bell.attend(["practice"], (job) => rings.push(job));
    await bell.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"));
    await waitUntil("the first ring", () => rings.length === 1);
    const client = new Redis(redis.url);
    await client.flushall();
    await client.quit();
    await bell.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"));
    await waitUntil("the second ring", () => rings.length === 2);
    expect(rings).toHaveLength(2);
  });
});

test.runIf(hasRedis)("doctor sees what is wrong with a Redis server", async () => {
  await using redis = await startRedis();
  const verdicts = async () =>
    (await checkRedisQueue(redis.url)).map(({ verdict, subject }) => `${verdict} ${subject}`);
  expect(await verdicts()).toEqual(["ok redis", "ok maxmemory-policy", "warning persistence"]);
  const client = new Redis(redis.url);
  await client.config("SET", "maxmemory-policy", "allkeys-lru");
  await client.config("SET", "appendonly", "yes");
  await client.quit();
  expect(await verdicts()).toEqual(["ok redis", "failed maxmemory-policy", "ok persistence"]);
});

async function startRedis(): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-redis-"));
  const port = await freePort();
  const server = execa(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--maxmemory-policy", "noeviction"],
    { reject: false, stdout: "ignore", stderr: "ignore" },
  );
  const url = `redis://127.0.0.1:${port}`;
  await waitUntil("Redis to answer", async () => {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return (await client.ping()) === "PONG";
    } catch {
      return false;
    } finally {
      client.disconnect();
    }
  });
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGKILL");
      await server;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return address.port;
}
