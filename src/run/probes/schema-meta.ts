import { databaseLogin, readSchemaMeta } from "#src/discovery/kong-database.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { onSide } from "./side.ts";

type SchemaMetaProbe = Extract<Probe, { readonly kind: "schema_meta" }>;

/** Compares `schema_meta` literally with what it held when the facts were read. */
export async function schemaMeta(
  { database, rows }: SchemaMetaProbe,
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const found = await readSchemaMeta(await databaseLogin(onSide(environment, database.side), database, ports), ports);
  const differences = [...compare(rows, found, "missing"), ...compare(found, rows, "added")];
  return differences.length === 0
    ? good(`schema_meta of ${database.name} is as recorded (${rows.length} subsystems)`)
    : bad(`schema_meta of ${database.name} differs from the recorded state`, differences);
}

function compare(
  left: SchemaMetaProbe["rows"],
  right: SchemaMetaProbe["rows"],
  what: "missing" | "added",
): readonly string[] {
  const others = new Set(right.flatMap(namesOf));
  return left.flatMap((row) => namesOf(row).filter((name) => !others.has(name))).map((name) => `${what}: ${name}`);
}

function namesOf(row: SchemaMetaProbe["rows"][number]): readonly string[] {
  return [
    ...row.executed.map((name) => `${row.subsystem} ${name} executed`),
    ...row.pending.map((name) => `${row.subsystem} ${name} pending`),
  ];
}
