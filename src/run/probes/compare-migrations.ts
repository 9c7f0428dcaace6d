import type { Facts, MigrationState } from "#src/kong/facts.ts";

type SchemaMeta = NonNullable<Facts["database"]>["schemaMeta"];

export type MigrationComparison =
  | { readonly kind: "agree" }
  /** `schema_meta` holds names that this CLI does not know in a subsystem that it knows. */
  | { readonly kind: "newer"; readonly differences: readonly string[] }
  | { readonly kind: "contradiction"; readonly differences: readonly string[] };

/**
 * Compares what a CLI said with the rows of `schema_meta`. Subsystems that the CLI does not name at all are left out:
 * they belong to plugins that its configuration does not load.
 */
export function compareMigrations(said: MigrationState, rows: SchemaMeta): MigrationComparison {
  const recorded = new Map(rows.map((row) => [row.subsystem, row]));
  const subsystems = new Set([said.executed, said.pending, said.new].flatMap((set) => Object.keys(set)));
  const newer: string[] = [];
  const differences: string[] = [];
  for (const subsystem of subsystems) {
    const row = recorded.get(subsystem);
    const executed = row?.executed ?? [];
    const pending = row?.pending ?? [];
    const claims = {
      executed: said.executed[subsystem] ?? [],
      pending: said.pending[subsystem] ?? [],
      new: said.new[subsystem] ?? [],
    };
    const known = new Set([...claims.executed, ...claims.pending, ...claims.new]);
    const unknown = [...executed, ...pending].filter((name) => !known.has(name));
    if (unknown.length > 0) newer.push(`${subsystem}: ${unknown.join(", ")} unknown to this CLI`);
    differences.push(
      ...difference(claims.executed, executed, `${subsystem}: executed by the CLI, not in schema_meta`),
      ...difference(claims.pending, pending, `${subsystem}: pending by the CLI, not in schema_meta`),
      ...difference(pending, claims.pending, `${subsystem}: pending in schema_meta, not by the CLI`),
      ...shared(claims.new, [...executed, ...pending], `${subsystem}: new by the CLI, yet in schema_meta`),
    );
  }
  if (subsystems.size === 0) differences.push("the CLI named no migrations at all");
  if (newer.length > 0) return { kind: "newer", differences: newer };
  return differences.length > 0 ? { kind: "contradiction", differences } : { kind: "agree" };
}

function difference(left: readonly string[], right: readonly string[], what: string): readonly string[] {
  const others = new Set(right);
  const only = left.filter((name) => !others.has(name));
  return only.length === 0 ? [] : [`${what}: ${only.join(", ")}`];
}

function shared(left: readonly string[], right: readonly string[], what: string): readonly string[] {
  const others = new Set(right);
  const both = left.filter((name) => others.has(name));
  return both.length === 0 ? [] : [`${what}: ${both.join(", ")}`];
}
