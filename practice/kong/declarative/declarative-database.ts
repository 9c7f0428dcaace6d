import type { Client } from "pg";
import type { KongVersion } from "#practice/kong/versions/version.ts";
import type { DeclaredEntity } from "./declarative-file.ts";
import { entityFields } from "./entity-fields.ts";

/** Reads all entities of the database as a declarative document; empty fields and internal columns are left out. */
export async function exportDatabase(client: Client, version: KongVersion): Promise<Readonly<Record<string, unknown>>> {
  const document: Record<string, unknown> = { _format_version: version.declarative.writes, _transform: false };
  for (const [kind, definition] of Object.entries(entityFields)) {
    const { rows } = await client.query<Readonly<Record<string, unknown>>>(
      `select * from ${client.escapeIdentifier(definition.table)} order by created_at, id`,
    );
    if (rows.length === 0) continue;
    document[kind] = rows.map((row) => {
      const entity: Record<string, unknown> = {};
      for (const field of definition.fields) setIfThere(entity, field, row[field]);
      for (const reference of Object.keys(definition.references)) setIfThere(entity, reference, row[`${reference}_id`]);
      return entity;
    });
  }
  return document;
}

/** Stores entities, in one transaction, over those with the same id. */
export async function importEntities(client: Client, entities: readonly DeclaredEntity[]): Promise<void> {
  const { rows } = await client.query<{ readonly id: string }>("select id from workspaces where name = 'default'");
  const workspace = rows[0]?.id;
  await client.query("begin");
  try {
    for (const [kind, { table }] of Object.entries(entityFields)) {
      const columns = await columnTypes(client, table);
      for (const entity of entities) {
        if (entity.kind === kind) await storeEntity(client, { table, columns, workspace }, entity);
      }
    }
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

interface Destination {
  readonly table: string;
  /** Column → PostgreSQL type. */
  readonly columns: ReadonlyMap<string, string>;
  readonly workspace: string | undefined;
}

async function storeEntity(client: Client, destination: Destination, entity: DeclaredEntity): Promise<void> {
  const references = entityFields[entity.kind]?.references ?? {};
  const row = new Map<string, unknown>();
  for (const [field, value] of Object.entries({ ...defaults[entity.kind], ...entity.values })) {
    const column = field in references ? `${field}_id` : field;
    const type = destination.columns.get(column);
    if (type !== undefined) row.set(column, columnValue(value, type));
  }
  if (destination.columns.has("ws_id")) row.set("ws_id", destination.workspace);
  const names = [...row.keys()].map((name) => client.escapeIdentifier(name));
  const places = names.map((_, index) => `$${index + 1}`);
  const updates = names.map((name) => `${name} = excluded.${name}`);
  await client.query(
    `insert into ${client.escapeIdentifier(destination.table)} (${names.join(", ")}) values (${places.join(", ")})
     on conflict (id) do update set ${updates.join(", ")}`,
    [...row.values()],
  );
}

async function columnTypes(client: Client, table: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ readonly column_name: string; readonly data_type: string }>(
    "select column_name, data_type from information_schema.columns where table_schema = current_schema() and table_name = $1",
    [table],
  );
  return new Map(rows.map(({ column_name, data_type }) => [column_name, data_type]));
}

/** Times are seconds since 1970 in a file, as in the Admin API. */
function columnValue(value: unknown, type: string): unknown {
  if (type.startsWith("timestamp") && typeof value === "number") return new Date(value * 1000);
  if (type === "jsonb" && value !== null) return JSON.stringify(value);
  return value;
}

function setIfThere(entity: Record<string, unknown>, field: string, value: unknown): void {
  if (value === null || value === undefined) return;
  entity[field] = value instanceof Date ? Math.floor(value.getTime() / 1000) : value;
}

/** Values of columns that may not be empty, for entities that do not say them. */
const defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  plugins: { enabled: true, config: {}, protocols: ["grpc", "grpcs", "http", "https"] },
  targets: { weight: 100 },
  upstreams: { slots: 10_000 },
  services: { enabled: true, protocol: "http", port: 80, retries: 5 },
  routes: { protocols: ["http", "https"], path_handling: "v0", strip_path: true, preserve_host: false },
};
