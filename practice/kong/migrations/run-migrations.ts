import type { Client } from "pg";
import { waitForFault } from "#practice/kong/cli/faults.ts";
import type { ReadFault } from "#practice/kong/cli/faults.ts";
import { KongFailure } from "#practice/kong/cli/failure.ts";
import type { Output } from "#practice/kong/cli/output.ts";
import { describeQueryError, isTimeout } from "#practice/kong/database/connection.ts";
import type { KongDatabase } from "#practice/kong/database/connection.ts";
import type { MigrationGroup } from "#practice/kong/database/schema-state.ts";
import { teardownSql, upSql, upStep } from "./migration-sql.ts";

/** Which halves of each migration to run: `up` leaves those with a teardown pending. */
export type MigrationHalves = "up" | "teardown" | "both";

/** What a run of migrations works with. */
export interface MigrationRun {
  readonly database: KongDatabase;
  readonly output: Output;
  readonly readFault: ReadFault;
}

type Recorded = "executed" | "pending";

/**
 * Runs migrations in order and says so, line by line. Each half is one transaction; recording it in `schema_meta` is a
 * statement of its own afterwards (postgres/connector.lua run_up_migration, record_migration).
 * @throws KongFailure at the first one that fails; those before it stay recorded.
 */
export async function runMigrations(
  groups: readonly MigrationGroup[],
  halves: MigrationHalves,
  run: MigrationRun,
): Promise<void> {
  const total = groups.reduce((sum, group) => sum + group.names.length, 0);
  const counts = { executed: 0, pending: 0 };
  for (const { subsystem, names } of groups) {
    run.output.info(`migrating ${subsystem} on database '${run.database.name}'...`);
    for (const name of names) {
      await waitForFault(run.readFault(), total);
      const state = await runMigration({ subsystem, name }, halves, run);
      counts[state] += 1;
      run.output.info(`${subsystem} migrated up to: ${name} (${state})`);
    }
  }
  run.output.info(`${total} ${total === 1 ? "migration" : "migrations"} processed`);
  if (counts.executed > 0) run.output.info(`${counts.executed} executed`);
  if (counts.pending > 0) run.output.info(`${counts.pending} pending`);
}

interface Migration {
  readonly subsystem: string;
  readonly name: string;
}

async function runMigration(migration: Migration, halves: MigrationHalves, run: MigrationRun): Promise<Recorded> {
  const { client } = run.database;
  const teardown = teardownSql(migration.subsystem, migration.name);
  if (halves !== "teardown") {
    await runUp(client, migration, run.readFault);
    await recordMigration(client, migration, teardown === undefined ? "executed" : "pending");
    if (teardown === undefined) return "executed";
    if (halves === "up") return "pending";
  }
  await runHalf(client, { migration, half: "teardown", sql: teardown ?? "" }, run.readFault);
  await recordTeardown(client, migration);
  return "executed";
}

async function runUp(client: Client, migration: Migration, readFault: ReadFault): Promise<void> {
  const sql = upSql(migration.subsystem, migration.name) ?? "";
  await runHalf(client, { migration, half: "up", sql }, readFault);
  await upStep(migration.subsystem, migration.name)?.(client);
}

async function runHalf(
  client: Client,
  step: { readonly migration: Migration; readonly half: "up" | "teardown"; readonly sql: string },
  readFault: ReadFault,
): Promise<void> {
  const { name } = step.migration;
  const raised = readFault()?.raiseIn === name ? raiseSql(name) : "";
  try {
    await client.query(`begin;\n${step.sql}\n${raised}\ncommit;`);
  } catch (error) {
    if (!isTimeout(error)) await client.query("rollback").catch(() => undefined);
    throw new KongFailure(
      `[PostgreSQL error] failed to run migration '${name}' ${step.half}: ${describeQueryError(error)}`,
    );
  }
}

function raiseSql(name: string): string {
  return `do $$ begin raise exception 'simulated fault in migration ${name.replaceAll("'", "''")}'; end; $$;`;
}

async function recordMigration(client: Client, migration: Migration, state: Recorded): Promise<void> {
  const values = [migration.subsystem, migration.name];
  if (state === "executed") {
    await client.query(recordExecuted, values);
    return;
  }
  await client.query(
    `insert into schema_meta (key, subsystem, pending) values ('schema_meta', $1, array[$2]::text[])
     on conflict (key, subsystem) do update
     set pending = case when $2 = any (schema_meta.pending) then schema_meta.pending
                        else array_append(schema_meta.pending, $2) end`,
    values,
  );
}

async function recordTeardown(client: Client, migration: Migration): Promise<void> {
  const values = [migration.subsystem, migration.name];
  await client.query(recordExecuted, values);
  await client.query(
    "update schema_meta set pending = array_remove(pending, $2) where key = 'schema_meta' and subsystem = $1",
    values,
  );
}

const recordExecuted = `
  insert into schema_meta (key, subsystem, last_executed, executed) values ('schema_meta', $1, $2, array[$2]::text[])
  on conflict (key, subsystem) do update set
    last_executed = excluded.last_executed,
    executed = case when $2 = any (schema_meta.executed) then schema_meta.executed
                    else array_append(schema_meta.executed, $2) end`;
