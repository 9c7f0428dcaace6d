import type { ExitCode } from "#practice/kong/cli/invocation.ts";
import type { Output } from "#practice/kong/cli/output.ts";
import { groupsOf } from "#practice/kong/database/schema-state.ts";
import type { MigrationGroup, SchemaState } from "#practice/kong/database/schema-state.ts";
import type { KongVersion, MigrationNames } from "#practice/kong/versions/version.ts";

/** The text about a database that no `bootstrap` has seen; ends with two line breaks, which count (transcript 01). */
export const needsBootstrapText = `Database needs bootstrapping or is older than Kong 1.0.

To start a new installation from scratch, run 'kong migrations bootstrap'.

To migrate from a version older than 1.0, migrated to Kong 1.5.0 first. 
If you still have 'apis' entities, you can convert them to Routes and Services
using the 'kong migrations migrate-apis' command in Kong 1.5.0.

`;

/** Prints the state as `migrations list` does; exit codes 0, 3 (bootstrap), 4 (pending), 5 (new). */
export function listMigrations(state: SchemaState, version: KongVersion, output: Output): ExitCode {
  if (state.kind === "needs_bootstrap") {
    output.info(needsBootstrapText);
    return 3;
  }
  if (state.executed.length > 0) output.info(`Executed migrations:\n${formatGroups(state.executed)}`);
  if (state.missing.length > 0) output.warn(`Database is missing some migrations:\n${formatGroups(state.missing)}`);
  if (state.pending.length > 0) output.info(`\nPending migrations:\n${formatGroups(state.pending)}`);
  if (state.fresh.length > 0) output.info(`\nNew migrations available:\n${formatGroups(state.fresh)}`);

  if (state.pending.length > 0 && state.fresh.length > 0) {
    output.warn(
      `Database has pending migrations from a previous upgrade, and new migrations from this upgrade (version ${version.version})`,
    );
    output.info(
      "\n\nRun 'kong migrations finish' when ready to complete pending migrations (postgres database will be incompatible with the previous Kong version)",
    );
    return 4;
  }
  if (state.pending.length > 0) {
    output.info("\nRun 'kong migrations finish' when ready");
    return 4;
  }
  if (state.fresh.length > 0) {
    output.info("\nRun 'kong migrations up' to proceed");
    return 5;
  }
  return 0;
}

/** `subsystem: names` per line, subsystems right-aligned to the widest of this block. */
export function formatGroups(groups: readonly MigrationGroup[]): string {
  const width = Math.max(...groups.map(({ subsystem }) => subsystem.length));
  return groups.map(({ subsystem, names }) => `${subsystem.padStart(width)}: ${names.join(", ")}`).join("\n");
}

/** The one line of `migrations status`; empty groups are left out. */
export function statusJson(state: SchemaState, known: MigrationNames): string {
  if (state.kind === "needs_bootstrap") {
    return JSON.stringify({ needs_bootstrap: true, new_migrations: describeGroups(groupsOf(known)) });
  }
  return JSON.stringify({
    needs_bootstrap: false,
    executed_migrations: describeGroups(state.executed),
    pending_migrations: describeGroups(state.pending),
    new_migrations: describeGroups(state.fresh),
    missing_migrations: describeGroups(state.missing),
  });
}

function describeGroups(groups: readonly MigrationGroup[]): readonly object[] | undefined {
  if (groups.length === 0) return undefined;
  return groups.map(({ subsystem, names }) => ({
    subsystem,
    namespace: subsystem === "core" ? "kong.db.migrations.core" : `kong.plugins.${subsystem}.migrations`,
    migrations: names,
  }));
}
