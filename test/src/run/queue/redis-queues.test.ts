import { inspect } from "node:util";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { addMs, instantOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { checkRedisQueue } from "#src/doctor/check-queue.ts";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import type { Doorbell, Job } from "#src/run/queue/doorbell.ts";
import type { WakePorts } from "#src/serve/wakes.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import { openStage } from "#test/src/serve/stage.ts";
import { describeDoorbell, openOne, ringFor } from "#test/src/run/queue-conformance.ts";
import { freePort, hasRedis, startRedis } from "#test/src/run/redis-server.ts";
import { Story, id, request } from "#test/support/given.ts";
import { alice, carol, dave, erin, inSlack, sampleFacts } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const canary = "c4n4ry-Va1ue";

if (!hasRedis)
  test("redis-server is installed; without it the doorbell on Redis is NOT tested", (context) => {
    expect(process.env["CI"]).not.toBe("true");
    context.skip("the doorbell on Redis was NOT tested: apt-get install redis-server");
  });

describe.runIf(hasRedis)("the doorbell on Redis", () => {
  describeDoorbell(async () => {
    const redis = await startRedis();
    return {
      address: ["postgres://unused", redis.url],
      openDoorbell: (over) => openOne({ databaseUrl: "postgres://unused", redisUrl: redis.url, ...over }),
      [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
    };
  });

  test("a server that is away is named with what to do, no ring waits for it, and it is heard when it is back", async () => {
    const port = await freePort();
    const troubles: string[] = [];
    await using bell = await openOne({
      databaseUrl: "postgres://unused",
      redisUrl: `redis://:${canary}@127.0.0.1:${port}`,
      onTrouble: (problem) => troubles.push(problem),
    });
    expect(troubles[0]).toMatch(/cannot be reached.*ECONNREFUSED.*check that the server runs/u);
    const ring = (): Promise<void> => bell.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"));
    await expect(ring()).rejects.toThrow(/writeable|no answer|closed/u);
    await using _redis = await startRedis({ port, password: canary });
    const rings: Job[] = [];
    await using _attending = await bell.attend(["practice"], (job) => rings.push(job));
    await waitUntil("a ring", async () => {
      await ring().catch(() => undefined);
      return rings.length > 0;
    });
    expect(troubles.join("\n")).not.toContain(canary);
  });

  test("a wrong password ends the start, and no text holds it", async () => {
    await using redis = await startRedis({ password: "right" });
    const troubles: string[] = [];
    const redisUrl = redis.url.replace("right", encodeURIComponent(`${canary}/+`));
    const refused: unknown = await openDoorbell({
      databaseUrl: "postgres://unused",
      redisUrl,
      onTrouble: (problem) => troubles.push(problem),
    }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "config_invalid", message: expect.stringMatching(/WRONGPASS.*REDIS_URL/u) });
    expect(inspect(refused, { depth: 9, showHidden: true }) + troubles.join("\n")).not.toContain(canary);
  });

  test.each([`:${canary}@127.0.0.1:6379`, `http://:${canary}@127.0.0.1`])(
    "an address that is none is refused without being told",
    async (redisUrl) => {
      const refused: unknown = await openDoorbell({ databaseUrl: "postgres://unused", redisUrl }).catch(
        (error: unknown) => error,
      );
      expect(refused).toMatchObject({ code: "config_invalid" });
      expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain(canary);
    },
  );

  test("a server that throws keys away when it is full is warned about", async () => {
    await using redis = await startRedis({ policy: "allkeys-lru" });
    const troubles: string[] = [];
    await using _bell = await openOne({
      databaseUrl: "postgres://unused",
      redisUrl: redis.url,
      onTrouble: (problem) => troubles.push(problem),
    });
    expect(troubles).toEqual([expect.stringMatching(/throw rings away.*allkeys-lru.*noeviction/u)]);
  });

  test("a replica, which takes no rings, is warned about, and rings work once it is the primary", async () => {
    await using redis = await startRedis();
    const client = new Redis(redis.url);
    await client.replicaof("127.0.0.1", 1);
    const troubles: string[] = [];
    await using bell = await openOne({
      databaseUrl: "postgres://unused",
      redisUrl: redis.url,
      onTrouble: (problem) => troubles.push(problem),
    });
    expect(troubles[0]).toMatch(/replica here.*name the primary in REDIS_URL/u);
    expect(await checkRedisQueue(redis.url)).toContainEqual(
      expect.objectContaining({ verdict: "failed", subject: "role" }),
    );
    const rings: Job[] = [];
    await using _attending = await bell.attend(["practice"], (job) => rings.push(job));
    const ring = (): Promise<void> => bell.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"));
    await expect(ring()).rejects.toThrow("READONLY");
    await client.call("REPLICAOF", "NO", "ONE");
    await client.quit();
    await waitUntil("a ring", async () => {
      await ring().catch(() => undefined);
      return rings.length > 0;
    });
    // Every try of a listener fails; people want to read of it now and then.
    expect(troubles.length).toBeLessThan(50);
  });

  test("rings work again after the server was restarted without what it held", async () => {
    const port = await freePort();
    const first = await startRedis({ port });
    await using bell = await openOne({ databaseUrl: "postgres://unused", redisUrl: first.url });
    const rings: Job[] = [];
    await using _attending = await bell.attend(["practice"], (job) => rings.push(job));
    const ring = (): Promise<void> => bell.ring("practice", "KU-2026-0001", ringFor("practice", "KU-2026-0001"));
    await ring();
    await waitUntil("the first ring", () => rings.length === 1);
    await first[Symbol.asyncDispose]();
    await using _second = await startRedis({ port });
    await waitUntil("a ring after the restart", async () => {
      await ring().catch(() => undefined);
      return rings.length > 1;
    });
    expect(rings.at(-1)?.data).toEqual(ringFor("practice", "KU-2026-0001"));
  });

  test("a scheduled start survives a flushed server and a bot that starts anew, and is begun once at its time", async () => {
    await using redis = await startRedis();
    // Far enough away that the second bot is there before it, also on a machine that is busy.
    const at = instantOf(Date.now() + 10_000);
    await using stage = await openStage(scheduledFor(at));
    for (const person of [alice, carol, dave, erin]) stage.answer(person);
    const set: string[] = [];
    const heard: number[] = [];
    const open = () => openOne({ databaseUrl: "postgres://unused", redisUrl: redis.url });
    const wakesOf = (bell: Doorbell): WakePorts => ({
      set: async (instant, upgradeId) => {
        await bell.ringAt(instant, "CLOCK", upgradeId, ringFor("CLOCK", upgradeId));
        set.push(instant);
      },
      hear: (onWake) =>
        bell.attend(["CLOCK"], () => {
          heard.push(Date.now());
          onWake();
        }),
    });
    {
      await using bell = await open();
      await using _bot = stage.conduct({ wakes: wakesOf(bell) });
      await waitUntil("the first wake to be set", () => set.length === 1);
    }
    const client = new Redis(redis.url);
    await client.flushall();
    await client.quit();
    await using bell = await open();
    await using _bot = stage.conduct({ wakes: wakesOf(bell) });
    await waitUntil("the second wake to be set", () => set.length === 2);
    await waitUntil("the start", async () => (await stage.typesSince(0)).includes("upgrade_started"));
    await waitUntil("the wake", () => heard.length > 0);
    expect(set).toEqual([at, at]);
    const started = (await stage.record.events(id, 0)).filter(({ event }) => event.type === "upgrade_started");
    expect(started.map(({ at: begun }) => begun >= at)).toEqual([true]);
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

/** A plan whose start alice scheduled an hour before. */
function scheduledFor(at: Instant): readonly UpgradeEvent[] {
  const story = new Story();
  story.now = addMs(at, -3_600_000);
  return story
    .must(request)
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "schedule_start", at, timeZone: "UTC", by: inSlack(alice) }).events;
}
