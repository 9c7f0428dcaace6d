import type { Client } from "pg";
import type { MigrationNames } from "#practice/kong/versions/version.ts";

/** Some migrations of one subsystem, in the order in which they run. */
export interface MigrationGroup {
  readonly subsystem: string;
  readonly names: readonly string[];
}

/**
 * How a database stands to the migrations that this version knows. Names that only a newer version knows are not looked at,
 * so a newer database looks up to date (kong/db/migrations/state.lua, all versions).
 */
export type SchemaState =
  | { readonly kind: "needs_bootstrap" }
  | {
      readonly kind: "bootstrapped";
      readonly executed: readonly MigrationGroup[];
      readonly pending: readonly MigrationGroup[];
      readonly fresh: readonly MigrationGroup[];
      readonly missing: readonly MigrationGroup[];
    };

interface RecordedSubsystem {
  readonly subsystem: string;
  readonly last_executed: string | null;
  readonly executed: readonly string[] | null;
  readonly pending: readonly string[] | null;
}

/** Reads `schema_meta` and sorts the known migrations into executed, pending, new and missing. */
export async function readSchemaState(client: Client, known: MigrationNames): Promise<SchemaState> {
  const { rows: found } = await client.query<{ readonly present: boolean }>(
    "select to_regclass('schema_meta') is not null as present",
  );
  if (found[0]?.present !== true) return { kind: "needs_bootstrap" };
  const { rows } = await client.query<RecordedSubsystem>(
    "select subsystem, last_executed, executed, pending from schema_meta where key = 'schema_meta'",
  );
  if (rows.length === 0 && Object.keys(known).length > 0) return { kind: "needs_bootstrap" };
  return sortMigrations(known, new Map(rows.map((row) => [row.subsystem, row])));
}

/** What a node without a database reports: everything it knows as executed. */
export function stateWithoutDatabase(known: MigrationNames): SchemaState {
  return { kind: "bootstrapped", executed: groupsOf(known), pending: [], fresh: [], missing: [] };
}

/** All migrations of a version as groups, in running order. */
export function groupsOf(known: MigrationNames): readonly MigrationGroup[] {
  return Object.entries(known).map(([subsystem, names]) => ({ subsystem, names }));
}

function sortMigrations(known: MigrationNames, recorded: ReadonlyMap<string, RecordedSubsystem>): SchemaState {
  const sorted = { executed: new Groups(), pending: new Groups(), fresh: new Groups(), missing: new Groups() };
  for (const [subsystem, names] of Object.entries(known)) {
    const record = recorded.get(subsystem);
    const lastExecuted = record?.last_executed ?? undefined;
    for (const name of names) {
      if (record?.executed?.includes(name) === true) sorted.executed.add(subsystem, name);
      else if (record?.pending?.includes(name) === true) sorted.pending.add(subsystem, name);
      else if (lastExecuted !== undefined && name < lastExecuted) sorted.missing.add(subsystem, name);
      else sorted.fresh.add(subsystem, name);
    }
  }
  return {
    kind: "bootstrapped",
    executed: sorted.executed.list(),
    pending: sorted.pending.list(),
    fresh: sorted.fresh.list(),
    missing: sorted.missing.list(),
  };
}

class Groups {
  readonly #names = new Map<string, string[]>();

  add(subsystem: string, name: string): void {
    const names = this.#names.get(subsystem);
    if (names === undefined) this.#names.set(subsystem, [name]);
    else names.push(name);
  }

  list(): readonly MigrationGroup[] {
    return [...this.#names].map(([subsystem, names]) => ({ subsystem, names }));
  }
}
