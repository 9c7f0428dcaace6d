import { expect, test } from "vitest";
import { Client } from "pg";
import { inTransaction, openPool } from "#src/record/database.ts";
import { openRecord } from "#src/record/record.ts";
import type { Bell } from "#src/record/bell.ts";
import type { Doorbell, Job } from "#src/run/queue/doorbell.ts";
import { openOne, ringFor } from "#test/src/run/queue-conformance.ts";
import { createDatabase } from "#test/support/database.ts";
import { request } from "#test/support/given.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";

/** A database with a doorbell that somebody listens to. */
async function openHouse() {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const bell = stack.use(await openOne({ databaseUrl: database.url }));
  const pool = stack.adopt(openPool(database.url), (each) => each.end());
  const heard: unknown[] = [];
  stack.use(await bell.attend(["practice", "prod"], ({ data }: Job) => heard.push(data)));
  const owned = stack.move();
  return { url: database.url, bell, pool, heard, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}

function bellOf({ ringWithin }: Doorbell): Bell {
  return {
    kind: "within",
    ring: async (client, environment, id) => ringWithin?.(client, environment, id, ringFor(environment, id)),
  };
}

const bot = { kind: "bot", replica: "test" } as const;

test("a ring within a transaction is heard when it is committed, not before, and never when it is rolled back", async () => {
  await using house = await openHouse();
  const { bell, pool, heard } = house;
  const ring = ringFor("practice", "KU-2026-0001");
  await expect(
    inTransaction(pool, async (client) => {
      await bell.ringWithin?.(client, "practice", "KU-2026-0003", ringFor("practice", "KU-2026-0003"));
      throw new Error("undone");
    }),
  ).rejects.toThrow("undone");
  await inTransaction(pool, async (client) => {
    await bell.ringWithin?.(client, "practice", "KU-2026-0001", ring);
    // A ring outside goes its own way meanwhile; where it was heard, the other would have been.
    await bell.ring("prod", "KU-2026-0002", ringFor("prod", "KU-2026-0002"));
    await waitUntil("the ring outside", () => heard.length > 0);
    expect(heard).toEqual([ringFor("prod", "KU-2026-0002")]);
  });
  await waitUntil("the ring within", () => heard.length > 1);
  await bell.ring("practice", "KU-2026-0004", ringFor("practice", "KU-2026-0004"));
  await waitUntil("a ring after it", () => heard.length > 2);
  expect(heard.slice(1)).toEqual([ring, ringFor("practice", "KU-2026-0004")]);
});

test("an append that makes it a runner's turn rings, and one that does not is silent", async () => {
  await using house = await openHouse();
  await using record = await openRecord({ url: house.url, bell: bellOf(house.bell) });
  const answer = await record.request({ ...request, by: inSlack(alice) }, bot);
  const id = answer.ok ? answer.value.upgrade.id : "KU-0000-0000";
  await waitUntil("the ring", () => house.heard.length > 0);
  await record.submit(id, { intent: "abort", by: inSlack(alice), reason: "not tonight", leaveAsIs: false }, bot);
  await house.bell.ring("prod", "KU-2026-0099", ringFor("prod", "KU-2026-0099"));
  await waitUntil("a later ring", () => house.heard.length > 1);
  expect(house.heard).toEqual([ringFor("practice", id), ringFor("prod", "KU-2026-0099")]);
});

test("a queue that is broken loses the ring, not what was decided", async () => {
  await using house = await openHouse();
  const troubles: string[] = [];
  await using record = await openRecord({
    url: house.url,
    bell: bellOf(house.bell),
    onTrouble: (problem) => troubles.push(problem),
  });
  await house.pool.query("drop function kong_upgrade_queue.lock_producer_queues");
  const answer = await record.request({ ...request, by: inSlack(alice) }, bot);
  expect(answer.ok && (await record.find(answer.value.upgrade.id))?.version).toBeGreaterThan(0);
  expect(troubles).toEqual([expect.stringMatching(/no runner was rung for KU-.*lock_producer_queues/u)]);
});

test("hundreds of environments share a few connections", async () => {
  await using database = await createDatabase();
  await using bell = await openOne({ databaseUrl: database.url });
  const environments = Array.from({ length: 60 }, (_, index) => `env-${index}`);
  let heard = 0;
  await using _attending = await bell.attend(environments, () => {
    heard += 1;
  });
  await Promise.all(
    environments.map((environment) => bell.ring(environment, "KU-2026-0001", ringFor(environment, "KU-2026-0001"))),
  );
  await waitUntil("all rings", () => heard === environments.length);
  const client = new Client(database.url);
  await client.connect();
  const { rows } = await client.query(
    "select count(*)::int as count from pg_stat_activity where datname = current_database() and application_name = 'kong-upgrade queue'",
  );
  await client.end();
  expect(rows).toEqual([{ count: expect.toSatisfy((count: number) => count <= 5) }]);
});
