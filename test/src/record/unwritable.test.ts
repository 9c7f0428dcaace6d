import { expect, test } from "vitest";
import { execute, inTransaction, openPool } from "#src/record/database.ts";
import { createDatabase } from "#test/support/database.ts";

test.each([
  ["53100", "could not extend file: No space left on device", "make room on its disk"],
  ["53200", "out of memory", "make room on its disk"],
  ["25006", "cannot execute INSERT in a read-only transaction", "DATABASE_URL leads to the primary"],
])("a database that takes no writes is told with what to do: %s", async (code, words, remedy) => {
  await using database = await createDatabase();
  const pool = openPool(database.url);
  try {
    const failing = execute(pool, `do $$ begin raise exception '${words}' using errcode = '${code}'; end $$`);
    await expect(failing).rejects.toMatchObject({
      name: "AppError",
      code: "database_unwritable",
      message: expect.stringMatching(new RegExp(`${words}.*${remedy}`, "u")),
    });
  } finally {
    await pool.end();
  }
});

test("a connection that leads to what is a standby by now is not used again", async () => {
  await using database = await createDatabase();
  const pool = openPool(database.url);
  try {
    await execute(pool, "create table notes (id int)");
    await execute(pool, "set default_transaction_read_only = on");
    const write = (): Promise<unknown> =>
      inTransaction(pool, (client) => execute(client, "insert into notes values (1)"));
    await expect(write()).rejects.toMatchObject({ code: "database_unwritable" });
    await write();
  } finally {
    await pool.end();
  }
});
