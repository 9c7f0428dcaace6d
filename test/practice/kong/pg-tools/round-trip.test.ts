import { truncate, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedPracticeEntities } from "#practice/kong/seed.ts";
import { createDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { kongDatabase, migrate, runSql } from "#test/practice/kong/gateway/simulated-node.ts";
import { databaseContent, zoo } from "./database-content.ts";
import { call, dumpFolder, hasRealTools, kinds } from "./tool-kinds.ts";

test("PostgreSQL's own client programs are tested as well", (context) => {
  if (!hasRealTools && process.env["CI"] !== "true") {
    context.skip(
      "NOT TESTED: PostgreSQL 15 client programs are missing here (Debian: apt-get install postgresql-client)",
    );
  }
  expect(hasRealTools).toBe(true);
});

let source: TestDatabase;

beforeAll(async () => {
  source = await kongDatabase("2.8.5", "empty");
  await seedPracticeEntities(source.url);
  await runSql(source.url, zoo);
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
});

describe.each(kinds)("%s programs", (_kind, tools) => {
  test.each([
    ["custom", "c"],
    ["directory", "d"],
    ["plain", "p"],
  ])("a %s dump restored into an empty database gives the same content", async (_name, format) => {
    await using folder = await dumpFolder();
    const file = join(folder.path, "dump");
    const dumped = await call(tools, "pg_dump", ["-d", source.name, "-F", format, "-f", file, "--no-owner"]);
    expect(dumped).toMatchObject({ exitCode: 0, stdout: "" });

    await using target = await createDatabase();
    const restored =
      format === "p"
        ? await call(tools, "psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", target.name, "-f", file])
        : await call(tools, "pg_restore", ["-d", target.name, "--exit-on-error", "--no-owner", file]);
    expect(restored.exitCode).toBe(0);
    expect(await databaseContent(target.url)).toEqual(await databaseContent(source.url));
  });

  test("the list of an archive names every table, and one schema alone can be dumped", async () => {
    await using folder = await dumpFolder();
    await using small = await createDatabase();
    await runSql(small.url, "create table routes (a int)");
    await runSql(small.url, "create schema other; create table other.mine (a int); insert into other.mine values (1)");
    const file = join(folder.path, "dump");
    await call(tools, "pg_dump", ["-Fc", "-f", file, small.name]);
    const { stdout } = await call(tools, "pg_restore", ["--list", file]);
    expect(stdout).toMatch(/^; Archive created at \d{4}-/m);
    expect(stdout).toMatch(/TABLE public routes /);
    expect(stdout).toMatch(/TABLE DATA public routes /);
    expect(stdout).toMatch(/TABLE other mine /);
    const tables = await runSql(
      small.url,
      "select 1 from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
    );
    expect(stdout.match(/ TABLE DATA public /g)).toHaveLength(tables.length);

    await call(tools, "pg_dump", ["-Fc", "-f", file, "--schema", "other", small.name]);
    await using target = await createDatabase();
    expect((await call(tools, "pg_restore", ["-d", target.name, file])).exitCode).toBe(0);
    expect(await runSql(target.url, "select a from other.mine")).toEqual([{ a: 1 }]);
    expect(await runSql(target.url, "select 1 from pg_class where relname = 'routes'")).toEqual([]);
  });

  test("after `up` only a restore into a fresh database brings the old one back", async () => {
    await using folder = await dumpFolder();
    await using database = await kongDatabase("2.8.5", "recorded entities");
    const before = await databaseContent(database.url);
    const file = join(folder.path, "before.dump");
    expect((await call(tools, "pg_dump", ["-Fc", "-f", file, database.name])).exitCode).toBe(0);
    await migrate("3.4.2", "up", database.url);
    const upgraded = await databaseContent(database.url);
    expect(upgraded).not.toEqual(before);

    const clean = ["-d", database.name, "--clean", "--if-exists"];
    const careful = await call(tools, "pg_restore", [...clean, "--single-transaction", "--exit-on-error", file]);
    expect(careful.exitCode).toBe(1);
    expect(careful.stderr).toContain("pg_restore: error: could not execute query: ERROR:  cannot drop constraint");
    expect(careful.stderr).toContain("HINT:  Use DROP ... CASCADE to drop the dependent objects too.");
    expect(await databaseContent(database.url)).toEqual(upgraded);

    const careless = await call(tools, "pg_restore", [...clean, file]);
    expect(careless.exitCode).toBe(1);
    expect(careless.stderr).toMatch(/errors ignored on restore: \d+/);
    // The trap of the recorded run: schema_meta is that of 2.8.5 again while core tables are still the upgraded ones.
    const mixed = await databaseContent(database.url);
    expect(mixed["rows of schema_meta"]).toEqual(before["rows of schema_meta"]);
    expect(mixed["columns"]).not.toEqual(before["columns"]);

    expect((await call(tools, "dropdb", [database.name])).exitCode).toBe(0);
    expect((await call(tools, "createdb", [database.name])).exitCode).toBe(0);
    expect((await call(tools, "pg_restore", ["-d", database.name, "--exit-on-error", file])).exitCode).toBe(0);
    expect(await databaseContent(database.url)).toEqual(before);
  });

  test("a file cut off anywhere fails to restore, and cut off early it does not even list", async () => {
    await using folder = await dumpFolder();
    await using small = await createDatabase();
    await runSql(small.url, "create table big as select n, md5(n::text) from generate_series(1, 3000) n");
    const file = join(folder.path, "dump");
    await call(tools, "pg_dump", ["-Fc", "-f", file, small.name]);
    const { size } = await stat(file);
    await using target = await createDatabase();
    await truncate(file, size - 2_000);
    const restored = await call(tools, "pg_restore", ["-d", target.name, "--exit-on-error", file]);
    expect(restored.exitCode).toBe(1);
    expect(restored.stderr).toContain("pg_restore: error: could not read from input file: end of file");
    await truncate(file, 200);
    const listed = await call(tools, "pg_restore", ["--list", file]);
    expect(listed.exitCode).toBe(1);
    expect(listed.stderr).toContain("pg_restore: error: could not read from input file: end of file");
    await truncate(file, 0);
    const empty = await call(tools, "pg_restore", ["--list", file]);
    expect(empty.exitCode).toBe(1);
    expect(empty.stderr).toContain("pg_restore: error: input file is too short (read 0, expected 5)");
  });
});
