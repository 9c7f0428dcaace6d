import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { NodeDatabase } from "#practice/kong/gateway/node-database.ts";
import type { ConfigurationValue } from "#practice/kong/gateway/profile.ts";
import type { EntityDefinition, Field } from "./entity-definition.ts";
import { columnOf, fieldsOf } from "./entity-definition.ts";
import { foreignKeyViolation, referencedViolation, uniqueViolation } from "./violation.ts";

/** An entity as the Admin API shows it. */
export type Entity = Readonly<Record<string, ConfigurationValue>>;

/** One page of a list; `next` is the id after which the next page starts. */
export interface Page {
  readonly data: readonly Entity[];
  readonly next: string | undefined;
}

/** What a list is restricted to. */
export interface PageRequest {
  readonly size: number;
  readonly after?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly where?: { readonly field: string; readonly id: string } | undefined;
}

/** A text field of a document; undefined when it is absent or something else. */
export function textOf(document: Entity, field: string): string | undefined {
  const value = document[field];
  return typeof value === "string" ? value : undefined;
}

/** The id of a stored entity. */
export function idOf(entity: Entity): string {
  return z.string().parse(entity["id"]);
}

const rowOfDocument = z.object({ document: z.record(z.string(), z.json()) });
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads and writes entities in the tables of the real Kong, with the columns that the node's version knows. */
export class EntityStore {
  readonly #database: NodeDatabase;
  readonly #version: string;

  constructor(database: NodeDatabase, version: string) {
    this.#database = database;
    this.#version = version;
  }

  /** Entities in order of their ids. */
  async list(entity: EntityDefinition, request: PageRequest): Promise<Page> {
    const conditions: string[] = [];
    const values: unknown[] = [];
    const add = (sql: (place: string) => string, value: unknown) => {
      values.push(value);
      conditions.push(sql(`$${values.length}`));
    };
    if (request.after !== undefined) add((place) => `id > ${place}::uuid`, request.after);
    if (request.tags !== undefined) add((place) => `tags @> ${place}::text[]`, request.tags);
    if (request.where !== undefined) {
      const { field, id } = request.where;
      add((place) => `${quoted(`${field}_id`)} = ${place}::uuid`, id);
    }
    const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
    const found = await this.#documents(
      `select ${this.#document(entity)} as document from ${entity.table}${where} order by id limit ${request.size + 1}`,
      values,
    );
    const data = found.slice(0, request.size);
    const last = data.at(-1)?.["id"];
    return { data, next: found.length > request.size && typeof last === "string" ? last : undefined };
  }

  /** One entity by id or by its unique name. */
  async find(entity: EntityDefinition, idOrKey: string): Promise<Entity | undefined> {
    if (!uuid.test(idOrKey) && entity.key === undefined) return undefined;
    const condition = uuid.test(idOrKey) ? "id = $1::uuid" : `${quoted(entity.key ?? "id")} = $1`;
    const [found] = await this.#documents(
      `select ${this.#document(entity)} as document from ${entity.table} where ${condition} limit 1`,
      [idOrKey],
    );
    return found;
  }

  /** Inserts a complete, checked document. @throws AdminRefusal for duplicates and dangling references. */
  async insert(entity: EntityDefinition, document: Entity): Promise<Entity> {
    const id = typeof document["id"] === "string" ? document["id"] : randomUUID();
    const { columns, places, values } = this.#assignments(entity, document);
    values.push(id);
    return this.#write(
      entity,
      document,
      `insert into ${entity.table} (${[...columns, "id", "ws_id", ...(entity.cacheKey ? ["cache_key"] : [])].join(", ")})
       values (${[...places, `$${values.length}::uuid`, defaultWorkspace, ...this.#cacheKey(entity, document, values)].join(", ")})
       returning ${this.#document(entity)} as document`,
      values,
    );
  }

  /** Overwrites an existing entity with a complete, checked document. */
  async update(entity: EntityDefinition, id: string, document: Entity): Promise<Entity> {
    const { columns, places, values } = this.#assignments(entity, document);
    const sets = columns.map((column, index) => `${column} = ${places[index] ?? "null"}`);
    for (const expression of this.#cacheKey(entity, document, values)) sets.push(`cache_key = ${expression}`);
    values.push(id);
    return this.#write(
      entity,
      document,
      `update ${entity.table} set ${sets.join(", ")} where id = $${values.length}::uuid
       returning ${this.#document(entity)} as document`,
      values,
    );
  }

  /** Deletes; deleting what is not there is no error, as in Kong. */
  async remove(entity: EntityDefinition, id: string): Promise<void> {
    await this.#database.query(`delete from ${entity.table} where id = $1::uuid`, [id]).catch((error: unknown) => {
      const by = databaseError(error);
      throw by?.code === "23503" && by.table !== undefined ? referencedViolation(entity.name, by.table) : error;
    });
  }

  /** Names of the plugins that are configured anywhere. Reads every column of the version, as Kong does. */
  async pluginNames(entity: EntityDefinition): Promise<readonly string[]> {
    const found = await this.#documents(
      `select distinct on (name) ${this.#document(entity)} as document from ${entity.table} order by name limit 1000`,
      [],
    );
    return found.flatMap((plugin) => (typeof plugin["name"] === "string" ? [plugin["name"]] : []));
  }

  async #documents(sql: string, values: readonly unknown[]): Promise<Entity[]> {
    const rows = await this.#database.query(sql, values);
    return rows.map((row) => rowOfDocument.parse(row).document);
  }

  async #write(entity: EntityDefinition, document: Entity, sql: string, values: readonly unknown[]): Promise<Entity> {
    try {
      const [written] = await this.#documents(sql, values);
      if (written === undefined) throw new Error(`the ${entity.name} row vanished while it was written`);
      return written;
    } catch (error) {
      const found = databaseError(error);
      if (found?.code === "23505") {
        const key = entity.key ?? "name";
        throw uniqueViolation(key, textOf(document, key) ?? textOf(document, "id") ?? "");
      }
      if (found?.code === "23503") {
        const field = entity.fields.find((one) => one.kind === "foreign" && found.constraint?.includes(columnOf(one)));
        if (field) throw foreignKeyViolation(field.name, foreignId(document[field.name]) ?? "", field.entity ?? "");
      }
      throw error;
    }
  }

  #document(entity: EntityDefinition): string {
    const pairs = fieldsOf(entity, this.#version).map((field) => `'${field.name}', ${shown(field)}`);
    return `json_build_object('id', id, ${pairs.join(", ")})`;
  }

  #assignments(entity: EntityDefinition, document: Entity): { columns: string[]; places: string[]; values: unknown[] } {
    const values: unknown[] = [];
    const columns: string[] = [];
    const places: string[] = [];
    for (const field of fieldsOf(entity, this.#version)) {
      values.push(stored(field, document[field.name] ?? null));
      columns.push(quoted(columnOf(field)));
      places.push(placeFor(field, values.length));
    }
    return { columns, places, values };
  }

  /** `plugins:<name>:<route>:<service>:<consumer>::<workspace>`: five parts, empty ones stay empty (dump of 2.8.5). */
  #cacheKey(entity: EntityDefinition, document: Entity, values: unknown[]): readonly string[] {
    if (entity.cacheKey === undefined) return [];
    const parts = entity.cacheKey.map((name) => {
      const value = document[name];
      return foreignId(value) ?? (typeof value === "string" ? value : "");
    });
    while (parts.length < 5) parts.push("");
    values.push(`${entity.table}:${parts.join(":")}:`);
    return [`$${values.length}::text || ${defaultWorkspace}::text`];
  }
}

const defaultWorkspace = "(select id from workspaces where name = 'default')";

function quoted(column: string): string {
  return `"${column}"`;
}

/** SQL that shows a column as the Admin API does: timestamps as unix seconds (millis with fraction), references as {id}. */
function shown(field: Field): string {
  const column = quoted(columnOf(field));
  switch (field.kind) {
    case "seconds":
      return `floor(extract(epoch from ${column}))::bigint`;
    case "millis":
      return `round(extract(epoch from ${column})::numeric, 3)`;
    case "foreign":
      return `case when ${column} is null then null else json_build_object('id', ${column}) end`;
    case "text":
    case "integer":
    case "boolean":
    case "texts":
    case "uuids":
    case "json":
    case "jsons":
      return column;
    default:
      return field.kind satisfies never;
  }
}

function stored(field: Field, value: ConfigurationValue): unknown {
  if (value === null) return null;
  if (field.kind === "json" || field.kind === "jsons") return JSON.stringify(value);
  return field.kind === "foreign" ? foreignId(value) : value;
}

const casts = {
  text: "text",
  integer: "bigint",
  boolean: "boolean",
  texts: "text[]",
  uuids: "uuid[]",
  json: "jsonb",
  foreign: "uuid",
} as const;

function placeFor(field: Field, index: number): string {
  switch (field.kind) {
    case "seconds":
    case "millis":
      return `to_timestamp($${index}::double precision)`;
    case "jsons":
      return `(select array_agg(entry) from jsonb_array_elements($${index}::jsonb) entry)`;
    case "text":
    case "integer":
    case "boolean":
    case "texts":
    case "uuids":
    case "json":
    case "foreign":
      return `$${index}::${casts[field.kind]}`;
    default:
      return field.kind satisfies never;
  }
}

function foreignId(value: ConfigurationValue | undefined): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return typeof value["id"] === "string" ? value["id"] : undefined;
}

const errorOfDatabase = z.object({ code: z.string(), table: z.string().optional(), constraint: z.string().optional() });

function databaseError(error: unknown): z.infer<typeof errorOfDatabase> | undefined {
  return errorOfDatabase.safeParse(error).data;
}
