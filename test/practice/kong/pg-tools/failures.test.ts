import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { createDatabase } from "#test/support/database.ts";
import { runSql } from "#test/practice/kong/gateway/simulated-node.ts";
import { call, dumpFolder, kinds } from "./tool-kinds.ts";

describe.each(kinds)("%s programs", (_kind, tools) => {
  test("a wrong password ends pg_dump with libpq's words and leaves a file of 0 bytes", async () => {
    await using folder = await dumpFolder();
    await using database = await createDatabase();
    const file = join(folder.path, "dump");
    const ended = await call(tools, "pg_dump", ["-w", "-Fc", "-f", file, database.name], { PGPASSWORD: "wrong" });
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toMatch(
      /pg_dump: error: connection to server at "127\.0\.0\.1", port \d+ failed: FATAL: {2}password authentication failed for user "kong_upgrade"/,
    );
    expect((await stat(file)).size).toBe(0);
    const silent = await call(tools, "pg_dump", ["-w", "-Fc", "-f", file, database.name], { PGPASSWORD: "" });
    expect(silent.exitCode).toBe(1);
    expect(silent.stderr).toContain("failed: fe_sendauth: no password supplied");
  });

  test.each([
    ["pg_dump", ["-Fc", "-f", "/dev/null", "kong"], 1],
    ["psql", ["-At", "-c", "select 1", "-d", "kong"], 2],
    ["createdb", ["kong"], 1],
    ["dropdb", ["kong"], 1],
  ] as const)("%s says that the server is down", async (tool, args, exitCode) => {
    const ended = await call(tools, tool, ["-p", "9", ...args]);
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.stderr).toContain(
      `${tool}: error: connection to server at "127.0.0.1", port 9 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?`,
    );
  });

  test.each([
    ["pg_dump", ["-Fc", "-f", "/dev/null", "nosuchdb"], 1],
    ["psql", ["-At", "-c", "select 1", "-d", "nosuchdb"], 2],
  ] as const)("%s says that the database is missing", async (tool, args, exitCode) => {
    const ended = await call(tools, tool, args);
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.stderr).toContain('failed: FATAL:  database "nosuchdb" does not exist');
  });

  test("pg_dump can not write where there is no folder, pg_restore can not read what is not there", async () => {
    const dump = await call(tools, "pg_dump", ["-Fc", "-f", "/nonexistent/x.dump", "postgres"]);
    expect(dump.exitCode).toBe(1);
    expect(dump.stderr).toContain(
      'pg_dump: error: could not open output file "/nonexistent/x.dump": No such file or directory',
    );
    const restore = await call(tools, "pg_restore", ["--list", "/nonexistent/x.dump"]);
    expect(restore.exitCode).toBe(1);
    expect(restore.stderr).toContain(
      'pg_restore: error: could not open input file "/nonexistent/x.dump": No such file or directory',
    );
  });

  test("pg_restore refuses texts, foreign files and calls without a target", async () => {
    await using folder = await dumpFolder();
    await using database = await createDatabase();
    const file = join(folder.path, "dump");
    await writeFile(file, "this is not an archive at all, but long enough to be one".repeat(40));
    const foreign = await call(tools, "pg_restore", ["-d", database.name, file]);
    expect(foreign.exitCode).toBe(1);
    expect(foreign.stderr).toContain("pg_restore: error: input file does not appear to be a valid archive");
    await call(tools, "pg_dump", ["-Fp", "-f", file, database.name]);
    const plain = await call(tools, "pg_restore", ["-d", database.name, file]);
    expect(plain.exitCode).toBe(1);
    expect(plain.stderr).toContain("pg_restore: error: input file appears to be a text format dump. Please use psql.");
    const nowhere = await call(tools, "pg_restore", [file]);
    expect(nowhere.exitCode).toBe(1);
    expect(nowhere.stderr).toContain("pg_restore: error: one of -d/--dbname and -f/--file must be specified");
  });

  test("createdb and dropdb report what is there, what is missing and what is in use", async () => {
    await using database = await createDatabase();
    const again = await call(tools, "createdb", [database.name]);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain(
      `createdb: error: database creation failed: ERROR:  database "${database.name}" already exists`,
    );
    const missing = await call(tools, "dropdb", ["no_such_db"]);
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain(
      'dropdb: error: database removal failed: ERROR:  database "no_such_db" does not exist',
    );
    const skipped = await call(tools, "dropdb", ["--if-exists", "no_such_db"]);
    expect(skipped.exitCode).toBe(0);
    expect(skipped.stderr).toContain('NOTICE:  database "no_such_db" does not exist, skipping');

    const session = new Client({ connectionString: database.url });
    session.on("error", () => undefined);
    await session.connect();
    const used = await call(tools, "dropdb", [database.name]);
    expect(used.exitCode).toBe(1);
    expect(used.stderr).toContain(`ERROR:  database "${database.name}" is being accessed by other users`);
    expect(used.stderr).toContain("DETAIL:  There is 1 other session using the database.");
    expect((await call(tools, "dropdb", ["--force", database.name])).exitCode).toBe(0);
    await session.end().catch(() => undefined);
    expect((await call(tools, "createdb", ["-O", "kong_upgrade", "-T", "template0", database.name])).exitCode).toBe(0);
  });

  test("psql prints unaligned rows, command tags and errors with their place", async () => {
    await using database = await createDatabase();
    const psql = (...args: string[]) => call(tools, "psql", ["-d", database.name, ...args]);
    expect((await psql("-At", "-c", "select 1, null, 'a|b', array['x','y']")).stdout).toBe("1||a|b|{x,y}");
    expect((await psql("-A", "-c", "select 1 as one, true as yes")).stdout).toBe("one|yes\n1|t\n(1 row)");
    expect((await psql("-Atc", "create table t (a int); insert into t values (1), (2)")).stdout).toBe(
      "CREATE TABLE\nINSERT 0 2",
    );
    expect((await psql("-At", "-F", ",", "-c", "select a, a from t order by a")).stdout).toBe("1,1\n2,2");
    const wrong = await psql("-At", "-c", "select *\nfrom nowhere");
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toContain('ERROR:  relation "nowhere" does not exist\nLINE 2: from nowhere\n             ^');
    expect((await call(tools, "psql", ["-At", "-c", "select current_database()", database.url])).stdout).toBe(
      database.name,
    );
  });

  test("pg_dump waits for a table that is locked, at most as long as it is told", async () => {
    await using database = await createDatabase();
    await runSql(database.url, "create table locked (a int)");
    const session = new Client({ connectionString: database.url });
    await session.connect();
    await session.query("begin; lock table locked in access exclusive mode");
    const ended = await call(tools, "pg_dump", ["--lock-wait-timeout=200ms", "-Fc", "-f", "/dev/null", database.name]);
    await session.end();
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain(
      "pg_dump: error: query failed: ERROR:  canceling statement due to statement timeout",
    );
    expect(ended.stderr).toContain("Query was: LOCK TABLE public.locked IN ACCESS SHARE MODE");
  });

  test("unknown options end with the hint to --help", async () => {
    const ended = await call(tools, "pg_dump", ["--no-such-option"]);
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain('Try "pg_dump --help" for more information.');
  });

  test("no password is in any message or dump", async () => {
    await using folder = await dumpFolder();
    await using database = await createDatabase();
    const file = join(folder.path, "dump");
    await call(tools, "pg_dump", ["-Fp", "-f", file, database.name]);
    expect(await readFile(file, "utf8")).not.toContain(new URL(database.url).password);
  });
});
