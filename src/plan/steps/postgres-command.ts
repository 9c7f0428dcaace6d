import { databaseOf } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Command } from "#src/plan/step.ts";

/** Who a PostgreSQL tool logs in as: Kong's own role, or the one that may create and drop databases. */
export type DatabaseRole = "kong" | "admin";

/** A PostgreSQL client tool with its connection flags; the password travels by reference. */
export function postgresCommand(
  environment: Environment,
  tool: keyof Environment["tools"],
  role: DatabaseRole,
  words: readonly string[],
): Command {
  const { host, port, user, password, admin } = databaseOf(environment);
  const login = role === "kong" ? { user, password } : admin;
  return {
    target: "runner",
    argv: [environment.tools[tool], "-h", host, "-p", String(port), "-U", login.user, ...words],
    env: { PGCONNECT_TIMEOUT: "10" },
    secrets: login.password === undefined ? {} : { PGPASSWORD: login.password },
  };
}

/** A shell-free command of the runner's own machine. */
export function runnerCommand(argv: readonly string[]): Command {
  return { target: "runner", argv, env: {}, secrets: {} };
}

/** One SQL statement by psql as the role that may change databases. */
function adminSql(environment: Environment, sql: string): Command {
  const connection = ["-d", databaseOf(environment).admin.database, "-At", "-c", sql];
  return postgresCommand(environment, "psql", "admin", connection);
}

/** Makes an empty database that belongs to Kong's role. */
export function createDatabase(environment: Environment, name: string): Command {
  const { user, admin } = databaseOf(environment);
  return postgresCommand(environment, "createdb", "admin", ["-O", user, "--maintenance-db", admin.database, name]);
}

/** Drops a database if it is there. */
export function dropDatabase(environment: Environment, name: string): Command {
  const { admin } = databaseOf(environment);
  return postgresCommand(environment, "dropdb", "admin", ["--if-exists", "--maintenance-db", admin.database, name]);
}

/** Gives a database another name, after ending the sessions that are left in it, or the rename fails. */
export function renameDatabase(environment: Environment, name: string, to: string): readonly Command[] {
  return [
    adminSql(
      environment,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
    ),
    adminSql(environment, `ALTER DATABASE "${name}" RENAME TO "${to}"`),
  ];
}

/** Restores an archive into an empty database as Kong's role, in one transaction: all of it or nothing. */
export function restoreArchive(environment: Environment, name: string, file: string): Command {
  const words = ["-d", name, "--exit-on-error", "--single-transaction", "--no-owner", file];
  return postgresCommand(environment, "pgRestore", "kong", words);
}
