import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KongFailure } from "#practice/kong/cli/failure.ts";
import { faultsFor, sufferFault } from "#practice/kong/cli/faults.ts";
import type { ExitCode, Invocation } from "#practice/kong/cli/invocation.ts";
import { runningMaster, startGateway } from "#practice/kong/cli/node-process.ts";
import { loadConfiguration, valueOf } from "#practice/kong/configuration/configuration.ts";
import type { Configuration } from "#practice/kong/configuration/configuration.ts";
import { makePrefix, writePrefix } from "#practice/kong/configuration/prefix.ts";
import { openDatabase } from "#practice/kong/database/connection.ts";
import { readSchemaState } from "#practice/kong/database/schema-state.ts";
import { migrateUp } from "#practice/kong/migrations/orders.ts";
import { formatGroups, needsBootstrapText } from "#practice/kong/migrations/report.ts";
import { databaseTimeoutMs } from "./database-timeout.ts";

/** `kong start`: "Kong started" says that a master process runs, not that it can serve (transcripts 03, 04, 11, 15). */
export async function start(invocation: Invocation): Promise<ExitCode> {
  const configuration = startConfiguration(invocation);
  if (runningMaster(configuration) !== undefined) {
    throw new KongFailure(`Kong is already running in ${configuration.prefix}`);
  }
  await startConfigured(invocation, configuration);
  return 0;
}

/** What start and restart run with; --db-timeout becomes the node's pg_timeout. */
export function startConfiguration(invocation: Invocation): Configuration {
  const { version, line, env, output } = invocation;
  const loaded = loadConfiguration(version, { file: line.flags.conf, prefix: line.flags.prefix, env }, output);
  if (line.flags.dbTimeoutSeconds === undefined) return loaded;
  const values = new Map(loaded.values).set("pg_timeout", String(line.flags.dbTimeoutSeconds * 1000));
  return { ...loaded, values };
}

/** Prepares the prefix, checks the schema and starts the gateway. */
export async function startConfigured(invocation: Invocation, configuration: Configuration): Promise<void> {
  const { version, env, output } = invocation;
  await sufferFault("start", env);
  makePrefix(configuration.prefix, output);
  output.verbose(`preparing nginx prefix directory at ${configuration.prefix}`);
  describeCertificates(invocation, configuration);
  writePrefix(configuration);
  removeDanglingSockets(invocation, configuration);
  if (valueOf(configuration, "database") === "postgres" && Object.keys(version.migrations).length > 0) {
    await checkSchema(invocation, configuration);
  }
  leaveSocket(invocation, configuration);
  await startGateway(configuration, { version: version.version, sourceLine: version.startLine, env });
  output.info("Kong started");
}

async function checkSchema(invocation: Invocation, configuration: Configuration): Promise<void> {
  const { version, line, env, output } = invocation;
  const timeoutMs = databaseTimeoutMs(configuration, line.flags);
  await using database = await openDatabase(configuration, timeoutMs);
  const readState = () => readSchemaState(database.client, version.migrations);
  output.verbose("retrieving database schema state...");
  let state = await readState();
  output.verbose("schema state retrieved");
  if (line.flags.runMigrations && state.kind === "bootstrapped" && state.fresh.length > 0) {
    await migrateUp({
      version,
      output,
      database,
      openWorker: () => openDatabase(configuration, timeoutMs),
      lockTimeoutSeconds: line.flags.lockTimeoutSeconds,
      isForced: false,
      readFault: await faultsFor("migrations up", env),
    });
    state = await readState();
  }
  const source = "/usr/local/share/lua/5.1/kong/cmd/utils/migrations.lua";
  if (state.kind === "needs_bootstrap") throw new KongFailure(`${source}:16: ${needsBootstrapText}`);
  if (state.fresh.length > 0) {
    throw new KongFailure(`${source}:20: New migrations available; run 'kong migrations up' to proceed`);
  }
  if (state.missing.length > 0) output.info(`Database is missing some migrations:\n${formatGroups(state.missing)}`);
  if (state.pending.length > 0) output.info(`Database has pending migrations:\n${formatGroups(state.pending)}`);
}

/** What `--v` says about certificates from 3.4 on (transcript 04); none are made here. */
function describeCertificates(invocation: Invocation, configuration: Configuration): void {
  if (!valueIsSsl(configuration, "admin_gui_listen")) return;
  const { output } = invocation;
  output.verbose("SSL enabled on admin_gui, no custom certificate set: using default certificates");
  for (const file of ["admin-gui-kong-default.crt", "admin-gui-kong-default-ecdsa.crt"]) {
    output.verbose(`admin_gui SSL certificate found at ${configuration.prefix}/ssl/${file}`);
  }
  output.verbose(`generating trusted certs combined file in ${configuration.prefix}/.ca_combined`);
}

function valueIsSsl(configuration: Configuration, key: string): boolean {
  return / ssl\b/.test(configuration.values.get(key) ?? "");
}

function removeDanglingSockets(invocation: Invocation, configuration: Configuration): void {
  const { dangling } = invocation.version;
  if (dangling === undefined) return;
  const folder = join(configuration.prefix, dangling.folder);
  const socket = join(folder, dangling.socket);
  if (!existsSync(socket)) return;
  const { output } = invocation;
  output.warn(
    `Found dangling unix sockets in the prefix directory ("${folder}") while preparing to start Kong. This may be a sign that Kong was previously shut down uncleanly or is in an unknown state and could require further investigation.`,
  );
  output.warn("Attempting to remove dangling sockets before starting Kong...");
  output.warn(`removing unix socket: ${socket}`);
  rmSync(socket);
}

/** Stands for the sockets that workers make; `stop` and `quit` remove it, a killed master does not. */
function leaveSocket(invocation: Invocation, configuration: Configuration): void {
  const { dangling } = invocation.version;
  if (dangling === undefined) return;
  const folder = join(configuration.prefix, dangling.folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, dangling.socket), "");
}
