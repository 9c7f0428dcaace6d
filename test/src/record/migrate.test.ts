import { readFile } from "node:fs/promises";
import { Client } from "pg";
import { expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "#src/kernel/app-error.ts";
import { migrate } from "#src/record/migrate.ts";
import { openRecord, visitRecord } from "#src/record/record.ts";
import { busyUpgrade } from "./walk.ts";
import { createDatabase } from "#test/support/database.ts";

test("many processes that start at once migrate once", async () => {
  await using database = await createDatabase();

  await Promise.all(Array.from({ length: 6 }, () => migrate(database.url)));

  const names = await query(database.url, "select name from kong_upgrade.migration order by name");
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(0);
});

test("the net schema is the one in schema.sql", async () => {
  await using database = await createDatabase();
  await migrate(database.url);
  const catalogue = await readFile(new URL("catalogue.sql", import.meta.url), "utf8");

  const lines = await query(database.url, catalogue);

  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("schema.sql");
});

test("nothing is created outside the schema kong_upgrade", async () => {
  await using database = await createDatabase();
  const outside = `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
                   where n.nspname <> 'kong_upgrade' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;
  await migrate(database.url);

  expect(await query(database.url, outside)).toEqual([]);
});

test("a schema made by a newer program is refused", async () => {
  await using database = await createDatabase();
  await migrate(database.url);
  await query(database.url, "insert into kong_upgrade.migration (name, digest) values ('9999_future.sql', 'x')");

  await expect(openRecord({ url: database.url })).rejects.toMatchObject({
    code: "record_invalid",
    message: expect.stringContaining("9999_future.sql"),
  });
});

test("a visitor changes no schema, and is told where there is none, or an older or a newer one", async () => {
  await using database = await createDatabase();
  const schemas = "select nspname from pg_namespace where nspname = 'kong_upgrade'";
  const visit = async (): Promise<string> => {
    try {
      await using record = await visitRecord(database.url);
      return `opened at ${(await record.now()).slice(0, 2)}`;
    } catch (thrown) {
      return thrown instanceof AppError ? `${thrown.code}: ${thrown.message}` : String(thrown);
    }
  };
  expect(await visit()).toMatch(/^record_invalid: there is no record in this database/u);
  expect(await query(database.url, schemas)).toEqual([]);

  await migrate(database.url);
  expect(await visit()).toBe("opened at 20");
  const [newest = ""] = await query(database.url, "select max(name) from kong_upgrade.migration");
  await query(database.url, `delete from kong_upgrade.migration where name = '${newest}'`);
  expect(await visit()).toContain(`made by an older kong-upgrade (it lacks ${newest})`);
  expect(await query(database.url, `select name from kong_upgrade.migration where name = '${newest}'`)).toEqual([]);
  await query(database.url, "insert into kong_upgrade.migration (name, digest) values ('9999_future.sql', 'x')");
  expect(await visit()).toContain("made by a newer kong-upgrade (unknown: 9999_future.sql)");
});

test("a migration that was edited after it was applied is refused", async () => {
  await using database = await createDatabase();
  await migrate(database.url);
  await query(database.url, "update kong_upgrade.migration set digest = 'x' where name = '0001_events.sql'");

  await expect(migrate(database.url)).rejects.toMatchObject({ code: "record_invalid" });
});

test("a role without rights is told what an administrator has to do", async () => {
  await using database = await createDatabase();
  const role = `${database.name}_weak`;
  await query(database.url, `create role ${role} login password 'weak'`);
  try {
    const url = new URL(database.url);
    url.username = role;
    url.password = "weak";
    await expect(migrate(url.href)).rejects.toMatchObject({
      code: "database_unreachable",
      message: expect.stringContaining("create schema kong_upgrade authorization"),
    });
    await query(database.url, `create schema kong_upgrade authorization ${role}`);
    await using record = await openRecord({ url: url.href });
    expect((await busyUpgrade(record)).length).toBeGreaterThan(5);
    expect(await record.rebuildSummaries()).toBe(1);
  } finally {
    await query(database.url, `drop owned by ${role}; drop role ${role}`);
  }
});

const oneColumn = z.record(z.string(), z.string()).transform((row) => Object.values(row).join(" "));

async function query(url: string, sql: string): Promise<readonly string[]> {
  // The role of these tests has the name of the schema, which would hide a name that is not qualified.
  const client = new Client({ connectionString: url, options: "-c search_path=" });
  await client.connect();
  try {
    const answer: unknown = await client.query(sql);
    const parsed = z.object({ rows: z.array(oneColumn) }).safeParse(answer);
    return parsed.success ? parsed.data.rows : [];
  } finally {
    await client.end();
  }
}
