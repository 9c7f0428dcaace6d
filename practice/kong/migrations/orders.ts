import { KongFailure } from "#practice/kong/cli/failure.ts";
import type { ReadFault } from "#practice/kong/cli/faults.ts";
import type { Output } from "#practice/kong/cli/output.ts";
import type { KongDatabase } from "#practice/kong/database/connection.ts";
import { takeLock, withMigrationLock } from "#practice/kong/database/migration-lock.ts";
import type { LockPatience } from "#practice/kong/database/migration-lock.ts";
import { groupsOf, readSchemaState } from "#practice/kong/database/schema-state.ts";
import type { SchemaState } from "#practice/kong/database/schema-state.ts";
import type { KongVersion } from "#practice/kong/versions/version.ts";
import { needsBootstrapText } from "./report.ts";
import { runMigrations } from "./run-migrations.ts";
import type { MigrationHalves } from "./run-migrations.ts";

/** An order to change the schema: by which version, where, and how patiently. */
export interface MigrationOrder {
  readonly version: KongVersion;
  readonly output: Output;
  /** The session that holds the lock; migrations run in another one, so that a given-up statement does not block it. */
  readonly database: KongDatabase;
  readonly openWorker: () => Promise<KongDatabase>;
  readonly lockTimeoutSeconds: number;
  readonly isForced: boolean;
  readonly readFault: ReadFault;
}

type Bootstrapped = Extract<SchemaState, { readonly kind: "bootstrapped" }>;

/** `migrations up`: refuses while something is pending, otherwise runs the new ones; --force runs the executed ones again. */
export async function migrateUp(order: MigrationOrder): Promise<void> {
  const before = await readBootstrapped(order);
  if (before.pending.length > 0 && !order.isForced) {
    throw new KongFailure("Database has pending migrations; run 'kong migrations finish'");
  }
  await underLock(order, "waits", async () => {
    let state = await readBootstrapped(order);
    if (order.isForced && state.executed.length > 0) {
      await runGroups(order, state.executed, "both");
      state = await readBootstrapped(order);
    }
    if (state.fresh.length === 0 && !order.isForced) {
      order.output.info("Database is already up-to-date");
      return;
    }
    if (state.fresh.length > 0) {
      await runGroups(order, state.fresh, "up");
      state = await readBootstrapped(order);
    }
    if (state.pending.length > 0) {
      order.output.info("\nDatabase has pending migrations; run 'kong migrations finish' when ready");
    }
  });
}

/** `migrations finish`: runs the teardown of what is pending; the closing sentence says what the state is then. */
export async function finishMigrations(order: MigrationOrder): Promise<void> {
  await readBootstrapped(order);
  await underLock(order, "gives_up", async () => {
    let state = await readBootstrapped(order);
    if (order.isForced && state.executed.length > 0) {
      await runGroups(order, state.executed, "both");
      state = await readBootstrapped(order);
    }
    if (state.pending.length > 0) {
      await runGroups(order, state.pending, "teardown");
      state = await readBootstrapped(order);
    }
    if (state.fresh.length > 0) {
      order.output.info("\nNew migrations available; run 'kong migrations up' to proceed");
      return;
    }
    order.output.info("No pending migrations to finish");
  });
}

/** `migrations bootstrap`: everything at once on an empty database; --force empties it first, without asking. */
export async function bootstrapDatabase(order: MigrationOrder): Promise<void> {
  const { client } = order.database;
  if (order.isForced) await resetDatabase(order.database, order);
  const state = await readSchemaState(client, order.version.migrations);
  if (state.kind === "bootstrapped") {
    order.output.info("Database already bootstrapped");
    return;
  }
  order.output.info("Bootstrapping database...");
  await client.query(bookkeepingTables);
  await underLock(order, "waits", async () => {
    await runGroups(order, groupsOf(order.version.migrations), "both");
    order.output.info("Database is up-to-date");
  });
}

/** Drops everything in the schema; false, with a line on stdout, when there is nothing to drop. */
export async function resetDatabase(
  database: KongDatabase,
  order: { readonly version: KongVersion; readonly output: Output },
): Promise<boolean> {
  const state = await readSchemaState(database.client, order.version.migrations);
  if (state.kind === "needs_bootstrap") {
    order.output.info("Database not bootstrapped, nothing to reset");
    return false;
  }
  order.output.info("Resetting database...");
  await database.client.query(dropEverything);
  order.output.info("Database successfully reset");
  return true;
}

async function readBootstrapped(order: MigrationOrder): Promise<Bootstrapped> {
  const state = await readSchemaState(order.database.client, order.version.migrations);
  if (state.kind === "bootstrapped") return state;
  throw new KongFailure(`Cannot run migrations: ${needsBootstrapText}`);
}

async function underLock(order: MigrationOrder, patience: LockPatience, work: () => Promise<void>): Promise<void> {
  const fault = order.readFault();
  if (fault?.failWith !== undefined) throw new KongFailure(fault.failWith);
  if (fault?.holdLockAs !== undefined) await takeLock(order.database, fault.holdLockAs, fault.holdLockMs / 1000);

  const outcome = await withMigrationLock(
    order.database,
    { ttlSeconds: order.lockTimeoutSeconds, patience },
    async () => {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof KongFailure)) throw error;
        throw new KongFailure(withTraceback(error.message, order.version), { cause: error });
      }
    },
  );
  if (outcome === "held_elsewhere") order.output.info("aborted: another node is performing database changes");
}

async function runGroups(
  order: MigrationOrder,
  groups: Bootstrapped["executed"],
  halves: MigrationHalves,
): Promise<void> {
  await using database = await order.openWorker();
  await runMigrations(groups, halves, { database, output: order.output, readFault: order.readFault });
}

/** Errors thrown under the lock carry their place and a traceback even without --v (transcript 05). */
function withTraceback(message: string, version: KongVersion): string {
  const place = "/usr/local/share/lua/5.1/kong/cmd/utils/migrations.lua:104: ";
  const frames = version.upTraceback.map((frame) => `\n\t${frame}`).join("");
  return `[PostgreSQL error] cluster_mutex callback threw an error: ${place}${message}\nstack traceback:${frames}`;
}

const bookkeepingTables = `
  create table if not exists schema_meta (
    key text not null,
    subsystem text not null,
    last_executed text,
    executed text[],
    pending text[],
    primary key (key, subsystem)
  );
  create table if not exists locks (key text primary key, owner text, ttl timestamptz);
  create index if not exists locks_ttl_idx on locks (ttl);`;

const dropEverything = `
  do $$
  declare item record;
  begin
    for item in select tablename as name from pg_tables where schemaname = current_schema() loop
      execute format('drop table if exists %I cascade', item.name);
    end loop;
    for item in
      select p.oid::regprocedure::text as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = current_schema() and p.proname in ('sync_tags', 'batch_delete_expired_rows')
    loop
      execute format('drop function if exists %s cascade', item.name);
    end loop;
  end;
  $$;`;
