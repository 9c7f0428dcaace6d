import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";

/** A role of its own and the databases that it may own, on the run's PostgreSQL server. */
export interface SiteDatabases extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly role: { readonly user: string; readonly password: string };
  readonly admin: { readonly user: string; readonly password: string };
  /** Names of databases for the old and the new cluster; the first exists. */
  readonly names: { readonly old: string; readonly fresh: string };
  /** Runs SQL as the Kong role. */
  query(database: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Every database that the role owns. */
  list(): Promise<readonly string[]>;
}

/** Makes a Kong role that is no superuser, as production has it, and an empty database. */
export async function createSiteDatabases(): Promise<SiteDatabases> {
  const superuser = new URL(inject("postgresUrl"));
  const tag = randomBytes(4).toString("hex");
  const role = { user: `kong_${tag}`, password: `kong-${tag}-test` };
  const names = { old: `kong_${tag}`, fresh: `kong_${tag}_new` };
  const asAdmin = (sql: string) => runSql(superuser, sql);
  await asAdmin(`create role ${role.user} login password '${role.password}'`);
  await asAdmin(`create database ${names.old} owner ${role.user}`);
  const owned = `select datname from pg_database where datdba = '${role.user}'::regrole order by datname`;
  const list = async () => (await asAdmin(owned)).map(({ datname }) => String(datname));
  return {
    host: superuser.hostname,
    port: Number(superuser.port),
    role,
    admin: { user: decodeURIComponent(superuser.username), password: decodeURIComponent(superuser.password) },
    names,
    query: (database, sql) => runSql(urlOf(superuser, role, database), sql),
    list,
    [Symbol.asyncDispose]: async () => {
      for (const name of await list()) await asAdmin(`drop database if exists ${name} with (force)`);
      await asAdmin(`drop role ${role.user}`);
    },
  };
}

function urlOf(server: URL, { user, password }: SiteDatabases["role"], database: string): URL {
  const url = new URL(server);
  url.username = user;
  url.password = password;
  url.pathname = `/${database}`;
  return url;
}

async function runSql(url: URL, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url.href, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
