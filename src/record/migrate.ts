import { readdir, readFile } from "node:fs/promises";
import type { Client } from "pg";
import { z } from "zod";
import { AppError } from "#src/kernel/app-error.ts";
import { digestOfText } from "#src/kernel/digest.ts";
import { codeOf, execute, openSession, select } from "./database.ts";
import type { Database } from "./database.ts";

const folder = new URL("sql/", import.meta.url);
/** Spells "kong-upg" in ASCII: one number that no other program uses for its advisory locks. */
const advisoryLock = "7741527673896530023";

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly digest: string;
}

/**
 * Brings the schema `kong_upgrade` to the version of this program; safe to be called by many processes at once.
 * @throws AppError `record_invalid` when the schema was made by a newer program, or a migration was edited afterwards.
 */
export async function migrate(url: string): Promise<void> {
  const migrations = await readMigrations();
  await using session = await openSession(url);
  const { client } = session;
  await inTransaction(client, () => prepareSchema(client));
  for (const migration of migrations) await inTransaction(client, () => apply(client, migration));
  await refuseUnknown(client, migrations);
}

async function readMigrations(): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), "utf8");
      return { name, sql, digest: digestOfText(sql) };
    }),
  );
}

/** Names of migrations, in order. */
export interface MigrationState {
  readonly applied: readonly string[];
  /** Of this program and not applied yet. */
  readonly missing: readonly string[];
  /** Applied and not of this program: a newer one made them. */
  readonly unknown: readonly string[];
  /** Applied with other contents than this program has. */
  readonly edited: readonly string[];
}

/** Whether this program may write there. */
export function isOurs({ missing, unknown, edited }: MigrationState): boolean {
  return missing.length + unknown.length + edited.length === 0;
}

/** Compares what was applied with what this program has; changes nothing. */
export async function readMigrationState(client: Database): Promise<MigrationState> {
  const own = await readMigrations();
  const [table] = await select(
    client,
    z.object({ exists: z.boolean() }),
    "select to_regclass('kong_upgrade.migration') is not null as exists",
  );
  const applied =
    table?.exists === true
      ? await select(
          client,
          z.object({ name: z.string(), digest: z.string() }),
          "select name, digest from kong_upgrade.migration order by name",
        )
      : [];
  const digests = new Map(applied.map(({ name, digest }) => [name, digest]));
  const names = new Set(own.map(({ name }) => name));
  return {
    applied: [...digests.keys()],
    missing: own.flatMap(({ name }) => (digests.has(name) ? [] : [name])),
    unknown: [...digests.keys()].filter((name) => !names.has(name)),
    edited: own.flatMap(({ name, digest }) => (digests.has(name) && digests.get(name) !== digest ? [name] : [])),
  };
}

async function inTransaction(client: Client, work: () => Promise<void>): Promise<void> {
  await execute(client, "begin");
  try {
    await execute(client, "set local lock_timeout = '10s'");
    await execute(client, "set local statement_timeout = '15s'");
    await execute(client, "select pg_advisory_xact_lock($1)", [advisoryLock]);
    await work();
    await execute(client, "commit");
  } catch (cause) {
    // The first error is the one to tell; a connection that died has rolled back by itself.
    await execute(client, "rollback").catch(() => undefined);
    throw cause;
  }
}

async function prepareSchema(client: Client): Promise<void> {
  const [schema] = await select(client, z.unknown(), "select from pg_namespace where nspname = 'kong_upgrade'");
  if (schema === undefined) await createSchema(client);
  await execute(
    client,
    `create table if not exists kong_upgrade.migration (
       name text primary key,
       digest text not null,
       applied_at timestamptz(3) not null default clock_timestamp()
     )`,
  );
}

async function createSchema(client: Client): Promise<void> {
  try {
    await execute(client, "create schema kong_upgrade");
  } catch (cause) {
    if (codeOf(cause) !== "42501") throw cause;
    throw new AppError(
      "database_unreachable",
      "the database role may not create the schema kong_upgrade; let an administrator run: create schema kong_upgrade authorization <role>",
      { cause },
    );
  }
}

/** The row goes in first: whoever comes second sees it, or waits and then sees it. */
async function apply(client: Client, { name, sql, digest }: Migration): Promise<void> {
  const inserted = await execute(
    client,
    "insert into kong_upgrade.migration (name, digest) values ($1, $2) on conflict (name) do nothing",
    [name, digest],
  );
  if (inserted.rowCount === 1) {
    await execute(client, sql);
    return;
  }
  const [applied] = await select(
    client,
    z.object({ digest: z.string() }),
    "select digest from kong_upgrade.migration where name = $1",
    [name],
  );
  if (applied?.digest !== digest) throw editedAfterwards(name);
}

/**
 * For whoever only visits, such as a word at a terminal: the record is read and written as it lies, and its schema is
 * changed by bots and runners alone.
 * @throws AppError `record_invalid` where there is none, or it is not that of this program.
 */
export async function requireOwnSchema(database: Database): Promise<void> {
  const { applied, missing, unknown, edited } = await readMigrationState(database);
  if (applied.length === 0) {
    throw new AppError(
      "record_invalid",
      "there is no record in this database: a bot makes it when it starts for the first time; check that DATABASE_URL is that of the bot",
    );
  }
  if (unknown.length > 0) throw madeByNewer(unknown);
  const [changed] = edited;
  if (changed !== undefined) throw editedAfterwards(changed);
  if (missing.length > 0) {
    throw new AppError(
      "record_invalid",
      `the schema kong_upgrade was made by an older kong-upgrade (it lacks ${missing.join(", ")}), and a word at a terminal does not change it; use the version that the bot has, or start the bot of this version, which brings it up to date`,
    );
  }
}

function madeByNewer(unknown: readonly string[]): AppError {
  return new AppError(
    "record_invalid",
    `the schema kong_upgrade was made by a newer kong-upgrade (unknown: ${unknown.join(", ")}); start that version, an older one must not write here`,
  );
}

function editedAfterwards(name: string): AppError {
  return new AppError(
    "record_invalid",
    `migration ${name} was applied with other contents than this program has; migrations are never edited: install the version of kong-upgrade that belongs to this database`,
  );
}

async function refuseUnknown(client: Client, migrations: readonly Migration[]): Promise<void> {
  const unknown = await select(
    client,
    z.object({ name: z.string() }),
    "select name from kong_upgrade.migration where name <> all ($1) order by name",
    [migrations.map((migration) => migration.name)],
  );
  if (unknown.length > 0) throw madeByNewer(unknown.map(({ name }) => name));
}
