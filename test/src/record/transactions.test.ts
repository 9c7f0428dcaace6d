import type { Pool } from "pg";
import { expect, test } from "vitest";
import { execute, inTransaction, openPool } from "#src/record/database.ts";
import { createDatabase } from "#test/support/database.ts";

const count = "select count(*)::integer as rows from note";

test("a transaction keeps what its work wrote, and undoes it when the work throws", async () => {
  await using database = await createDatabase();
  await using opened = disposablePool(database.url);
  const { pool } = opened;
  await execute(pool, "create table note (text text)");

  expect(
    await inTransaction(pool, async (client) => {
      await execute(client, "insert into note values ('kept')");
      return "value";
    }),
  ).toBe("value");
  const failed = inTransaction(pool, async (client) => {
    await execute(client, "insert into note values ('undone')");
    throw new Error("the work failed");
  });

  await expect(failed).rejects.toThrow("the work failed");
  expect((await pool.query(count)).rows).toEqual([{ rows: 1 }]);
  expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
});

test("a connection that dies between two statements is told as such and replaced", async () => {
  await using database = await createDatabase();
  await using opened = disposablePool(database.url);
  await using second = disposablePool(database.url);
  const { pool } = opened;

  const failed = inTransaction(pool, async (client) => {
    const { rows } = await execute(client, "select pg_backend_pid() as pid");
    const ended = new Promise((resolve) => {
      client.once("end", resolve);
    });
    await execute(second.pool, "select pg_terminate_backend($1)", [rows[0]?.["pid"]]);
    await ended;
    await execute(client, "select 1");
  });

  await expect(failed).rejects.toMatchObject({ code: "database_unreachable" });
  expect((await execute(pool, "select 1 as one")).rows).toEqual([{ one: 1 }]);
});

test("a pool without a server is an error that says what to do", async () => {
  await using opened = disposablePool("postgres://nobody@127.0.0.1:1/none");

  await expect(inTransaction(opened.pool, () => Promise.resolve(1))).rejects.toMatchObject({
    code: "database_unreachable",
  });
});

function disposablePool(url: string): AsyncDisposable & { readonly pool: Pool } {
  const pool = openPool(url);
  return { pool, [Symbol.asyncDispose]: () => pool.end() };
}
