import { databaseOf } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Probe } from "#src/plan/probe.ts";
import { databaseLogin } from "#src/discovery/kong-database.ts";
import { limits } from "#src/discovery/limits.ts";
import { z } from "zod";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { onSide } from "./side.ts";

/** Looks into `pg_database` as the role that may create databases. */
export async function databasePresent(
  { name, side }: Extract<Probe, { readonly kind: "database_present" }>,
  context: ProbeContext,
): Promise<Answer> {
  return (await listDatabases(onSide(context.environment, side), context)).includes(name)
    ? good(`database ${name} is there`)
    : bad(`there is no database ${name}`);
}

export async function databaseAbsent(
  { name, side }: Extract<Probe, { readonly kind: "database_absent" }>,
  context: ProbeContext,
): Promise<Answer> {
  return (await listDatabases(onSide(context.environment, side), context)).includes(name)
    ? bad(`database ${name} is there`)
    : good(`there is no database ${name}`);
}

const namesSchema = z.array(z.object({ datname: z.string() }));

async function listDatabases(environment: Environment, { ports }: ProbeContext): Promise<readonly string[]> {
  const { admin } = databaseOf(environment);
  const login = await databaseLogin(environment, { name: admin.database, as: "admin" }, ports);
  const statements = ["select datname::text from pg_database"];
  const [rows = []] = await ports.querySql({ login, statements, timeoutMs: limits.sqlTimeoutMs });
  return namesSchema.parse(rows).map((row) => row.datname);
}
