import { Client } from "pg";
import { seededConsumers, seededCredentials, seededGroups } from "./seed/consumers.ts";
import { seededPlugins } from "./seed/plugins.ts";
import { seededRoutes, seededServices, seededTargets, seededUpstreams } from "./seed/routing.ts";
import type { Row } from "./seed/row.ts";

/** Where the practice upstream (an echo server) listens; every service points at it. */
export interface SeedUpstream {
  readonly host: string;
  readonly port: number;
}

const connectTimeoutMs = 10_000;
const statementTimeoutMs = 30_000;

/**
 * Fills a database bootstrapped by Kong 2.8 with entities that trip real hazards of an upgrade to 3.x: regular expressions
 * without `~`, percent-encoded paths, path_handling v1, pre-function `functions`, whitelist/blacklist leftovers, http-log
 * header lists, a duplicate target. Ids are fixed; doing it again changes nothing.
 */
export async function seedPracticeEntities(
  url: string,
  upstream: SeedUpstream = { host: "127.0.0.1", port: 9080 },
): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs,
  });
  await client.connect();
  try {
    await client.query("begin");
    const workspace = await defaultWorkspace(client);
    const tables: readonly (readonly [string, readonly Row[]])[] = [
      ["upstreams", seededUpstreams],
      ["targets", seededTargets(upstream)],
      ["services", seededServices(upstream)],
      ["routes", seededRoutes],
      ["consumers", seededConsumers],
      ["keyauth_credentials", seededCredentials],
      ["acls", seededGroups],
      ["plugins", seededPlugins(workspace)],
    ];
    for (const [table, rows] of tables) {
      for (const row of rows) await insertRow(client, table, { ...row, ws_id: workspace });
    }
    await client.query("commit");
  } finally {
    await client.end();
  }
}

async function defaultWorkspace(client: Client): Promise<string> {
  const { rows } = await client.query<{ readonly id: string }>("select id from workspaces where name = 'default'");
  const [workspace] = rows;
  if (workspace === undefined) {
    throw new Error("the database has no workspace named default; run `kong migrations bootstrap` first");
  }
  return workspace.id;
}

async function insertRow(client: Client, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row);
  const names = columns.map((column) => client.escapeIdentifier(column)).join(", ");
  const places = columns.map((_, index) => `$${index + 1}`).join(", ");
  await client.query(
    `insert into ${client.escapeIdentifier(table)} (${names}) values (${places}) on conflict (id) do nothing`,
    Object.values(row),
  );
}
