import { z } from "zod";
import type { NodeDatabase } from "#practice/kong/gateway/node-database.ts";

const id = z.string();
const texts = z.array(z.string()).nullable();
const count = z.number().nullable();

const tables = z.object({
  services: z.array(
    z.object({
      id,
      name: z.string().nullable(),
      protocol: z.string().nullable(),
      host: z.string().nullable(),
      port: count,
      path: z.string().nullable(),
      retries: count,
      connect_timeout: count,
      read_timeout: count,
      tls_verify: z.boolean().nullable(),
      enabled: z.boolean().nullable(),
    }),
  ),
  routes: z.array(
    z.object({
      id,
      name: z.string().nullable(),
      service_id: z.string().nullable(),
      protocols: texts,
      methods: texts,
      hosts: texts,
      paths: texts,
      headers: z.record(z.string(), z.array(z.string())).nullable(),
      regex_priority: count,
      strip_path: z.boolean().nullable(),
      preserve_host: z.boolean().nullable(),
      path_handling: z.string().nullable(),
      https_redirect_status_code: count,
      created: count,
    }),
  ),
  plugins: z.array(
    z.object({
      id,
      name: z.string(),
      service_id: z.string().nullable(),
      route_id: z.string().nullable(),
      consumer_id: z.string().nullable(),
      config: z.json(),
    }),
  ),
  consumers: z.array(z.object({ id, username: z.string().nullable(), custom_id: z.string().nullable() })),
  keys: z.array(z.object({ id, consumer_id: z.string().nullable(), key: z.string().nullable() })),
  groups: z.array(z.object({ consumer_id: z.string().nullable(), group: z.string().nullable() })),
  upstreams: z.array(z.object({ id, name: z.string() })),
  targets: z.array(z.object({ upstream_id: z.string().nullable(), target: z.string(), weight: z.number() })),
});

/** What the proxy needs of the database, in one consistent read. */
export type GatewayTables = Readonly<z.infer<typeof tables>>;
/** A route as stored. */
export type RouteRow = GatewayTables["routes"][number];
/** A service as stored. */
export type ServiceRow = GatewayTables["services"][number];
/** A plugin instance as stored. */
export type PluginRow = GatewayTables["plugins"][number];

// Only columns that every simulated version has, so that an old node goes on working on an upgraded database as the real
// one does (transcript "regex routes by state": 2.8.5 serves on a half and on a fully migrated 3.4.2 database).
const sql = `select json_build_object(
  'services', ${rows("services", ["id", "name", "protocol", "host", "port", "path", "retries", "connect_timeout", "read_timeout", "tls_verify", "enabled"])},
  'routes', ${rows("routes", ["id", "name", "service_id", "protocols", "methods", "hosts", "paths", "headers", "regex_priority", "strip_path", "preserve_host", "path_handling", "https_redirect_status_code", "extract(epoch from created_at)::float8 as created"])},
  'plugins', ${rows("plugins", ["id", "name", "service_id", "route_id", "consumer_id", "config"], "where enabled")},
  'consumers', ${rows("consumers", ["id", "username", "custom_id"])},
  'keys', ${rows("keyauth_credentials", ["id", "consumer_id", "key"], "where ttl is null or ttl > current_timestamp at time zone 'UTC'")},
  'groups', ${rows("acls", ["consumer_id", '"group"'])},
  'upstreams', ${rows("upstreams", ["id", "name"])},
  'targets', ${rows("targets", ["upstream_id", "target", "weight"], "where weight > 0")}
)::text as tables`;

function rows(table: string, columns: readonly string[], where = ""): string {
  return `(select coalesce(json_agg(row_to_json(r)), '[]') from (select ${columns.join(", ")} from ${table} ${where} order by id) r)`;
}

/** Reads the tables as JSON text; equal texts mean that nothing changed. */
export async function readTablesText(database: NodeDatabase): Promise<string> {
  const [row] = await database.repeated("gateway tables", sql);
  return row === undefined ? JSON.stringify(noTables) : z.string().parse(row["tables"]);
}

/** Parses what {@link readTablesText} read. */
export function parseTables(text: string): GatewayTables {
  return tables.parse(JSON.parse(text));
}

/** What a node without any configuration has. */
export const noTables: GatewayTables = {
  services: [],
  routes: [],
  plugins: [],
  consumers: [],
  keys: [],
  groups: [],
  upstreams: [],
  targets: [],
};
