import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { isatty } from "node:tty";
import { KongFailure } from "#practice/kong/cli/failure.ts";
import { faultsFor } from "#practice/kong/cli/faults.ts";
import type { ExitCode, Invocation } from "#practice/kong/cli/invocation.ts";
import { loadConfiguration, valueOf } from "#practice/kong/configuration/configuration.ts";
import { makePrefix } from "#practice/kong/configuration/prefix.ts";
import { openDatabase } from "#practice/kong/database/connection.ts";
import type { KongDatabase } from "#practice/kong/database/connection.ts";
import { readSchemaState, stateWithoutDatabase } from "#practice/kong/database/schema-state.ts";
import type { SchemaState } from "#practice/kong/database/schema-state.ts";
import { bootstrapDatabase, finishMigrations, migrateUp, resetDatabase } from "#practice/kong/migrations/orders.ts";
import type { MigrationOrder } from "#practice/kong/migrations/orders.ts";
import { listMigrations, statusJson } from "#practice/kong/migrations/report.ts";
import { databaseTimeoutMs } from "./database-timeout.ts";

/** `kong migrations …`: exit codes and texts as recorded in transcripts 01, 02, 04–07, 10–12, 16, 17. */
export async function migrations(invocation: Invocation): Promise<ExitCode> {
  const { version, line, env, output } = invocation;
  const configuration = loadConfiguration(version, { file: line.flags.conf, prefix: line.flags.prefix, env }, output);
  makePrefix(configuration.prefix, output);
  if (valueOf(configuration, "database") === "off") {
    return withoutDatabase(invocation, stateWithoutDatabase(version.migrations));
  }

  const timeoutMs = databaseTimeoutMs(configuration, line.flags);
  await using database = await openDatabase(configuration, timeoutMs);
  const subcommand = line.subcommand ?? "";
  const order: MigrationOrder = {
    version,
    output,
    database,
    openWorker: () => openDatabase(configuration, timeoutMs),
    lockTimeoutSeconds: line.flags.lockTimeoutSeconds,
    isForced: line.flags.force,
    readFault: await faultsFor(`migrations ${subcommand}`, env),
  };
  const readState = () => readSchemaState(database.client, version.migrations);
  switch (subcommand) {
    case "list":
      return listMigrations(await readState(), version, output);
    case "status":
      output.info(statusJson(await readState(), version.migrations));
      return 0;
    case "up":
      await migrateUp(order);
      return 0;
    case "finish":
      await finishMigrations(order);
      return 0;
    case "bootstrap":
      await bootstrapDatabase(order);
      return 0;
    case "reset":
      // Awaited here: the session is closed only afterwards.
      return await reset(order, invocation, database);
    default:
      throw new Error(`kong migrations ${subcommand} is not simulated`);
  }
}

/** With database = off everything counts as executed and nothing is touched (transcript 07). */
function withoutDatabase(invocation: Invocation, state: SchemaState): ExitCode {
  const { line, output, version } = invocation;
  switch (line.subcommand) {
    case "list":
      return listMigrations(state, version, output);
    case "status":
      output.info(statusJson(state, version.migrations));
      return 0;
    case "finish":
      output.info("No pending migrations to finish");
      return 0;
    case "bootstrap":
      output.info("Database already bootstrapped");
      return 0;
    default:
      output.info("Database is already up-to-date");
      return 0;
  }
}

async function reset(order: MigrationOrder, invocation: Invocation, database: KongDatabase): Promise<ExitCode> {
  if (!invocation.line.flags.yes) {
    if (!isatty(0)) throw new KongFailure("not a tty: invoke 'reset' non-interactively with the --yes flag");
    if (!(await isConfirmed(invocation))) {
      invocation.output.info("cancelled");
      return 0;
    }
  }
  return (await resetDatabase(database, order)) ? 0 : 1;
}

const attempts = 3;

async function isConfirmed(invocation: Invocation): Promise<boolean> {
  const question = `> Are you sure? This operation is irreversible. ${invocation.version.resetChoices} `;
  // Not the prompt of readline: it would paint the line with control sequences that Kong does not send.
  const lines = createInterface({ input: process.stdin, terminal: false });
  let asked = 1;
  writeSync(1, question);
  for await (const line of lines) {
    const answer = line.trim().toLowerCase();
    if (["y", "yes"].includes(answer)) return true;
    if (["n", "no"].includes(answer) || asked === attempts) return false;
    asked += 1;
    writeSync(1, question);
  }
  return false;
}
