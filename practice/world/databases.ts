import { Client } from "pg";

/** Fake passwords of a database that listens on loopback only; visibly not for production. */
export const kongRole = { user: "kong", password: "kong-practice-not-a-secret" } as const;

/** Makes a role for Kong and the databases of the practice world; doing it again changes nothing. */
export async function prepareDatabases(
  superuserUrl: string,
  names: { readonly bot: string; readonly kong: readonly string[] },
): Promise<void> {
  const client = new Client({ connectionString: superuserUrl, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  await client.connect();
  try {
    const roles = await client.query("select 1 from pg_roles where rolname = $1", [kongRole.user]);
    if (roles.rowCount === 0)
      await client.query(`create role ${kongRole.user} login createdb password '${kongRole.password}'`);
    for (const [name, owner] of [
      [names.bot, undefined],
      ...names.kong.map((kong) => [kong, kongRole.user] as const),
    ] as const) {
      const found = await client.query("select 1 from pg_database where datname = $1", [name]);
      if (found.rowCount === 0)
        await client.query(`create database "${name}"${owner === undefined ? "" : ` owner ${owner}`}`);
    }
  } finally {
    await client.end();
  }
}
