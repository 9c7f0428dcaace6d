import type { Database } from "./database.ts";
import type { Environment } from "./environment.ts";

/**
 * Two environments that share one Kong database must never be upgraded at the same time. The key is the address as it is
 * written: that two names lead to one server (an alias, an address, a pooler) nobody can know from here, so a database is
 * written in the same way everywhere.
 */
export function databaseKey(environment: Environment): string {
  const { database, cassandra, name } = environment;
  if (database !== undefined) return keyOf(database);
  return cassandra === undefined ? `environment:${name}` : `cassandra:${cassandra.keyspace}`;
}

/** Every database that an upgrade of the environment may touch: its own, and that of its second cluster. */
export function databaseKeys(environment: Environment): readonly string[] {
  const green = environment.green?.database;
  return [...new Set([databaseKey(environment), ...(green === undefined ? [] : [keyOf(green)])])];
}

/** Host names are the same in any case, and with the dot of the root behind them (RFC 1034, section 3.1). */
function keyOf({ host, port, name }: Database): string {
  return `${host.toLowerCase().replace(/\.$/u, "")}:${port}/${name}`;
}

/**
 * Kong's PostgreSQL database, for what needs one; strategies refuse environments without before they make a step.
 * @throws Error where there is none
 */
export function databaseOf(environment: Environment): Database {
  if (environment.database === undefined) throw new Error(`environment ${environment.name} has no PostgreSQL database`);
  return environment.database;
}
