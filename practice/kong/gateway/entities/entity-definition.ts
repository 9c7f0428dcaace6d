import { isAtLeast } from "#practice/kong/gateway/profile.ts";
import type { ConfigurationValue } from "#practice/kong/gateway/profile.ts";

/** How a field is stored and shown; `seconds` and `millis` are timestamps shown as unix time. */
type FieldKind =
  | "text"
  | "integer"
  | "boolean"
  | "texts"
  | "uuids"
  | "json"
  | "jsons"
  | "foreign"
  | "seconds"
  | "millis";

/** One field of an entity as the Admin API shows it. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly required?: true;
  readonly default?: ConfigurationValue;
  readonly values?: readonly string[];
  /** First version whose table has the column and whose answers show it. */
  readonly since?: string;
  /** For `foreign`: the entity it points at. */
  readonly entity?: string;
}

/** One kind of entity of the Admin API and where it lives in the database (table and column names of the real Kong). */
export interface EntityDefinition {
  readonly name: string;
  readonly table: string;
  /** The unique field that may stand in the path instead of the id. */
  readonly key?: string;
  readonly fields: readonly Field[];
  /** Columns that the Admin API does not show and that are computed on write. */
  readonly cacheKey?: readonly string[];
}

/** The fields an entity has in one version. */
export function fieldsOf(entity: EntityDefinition, version: string): readonly Field[] {
  return entity.fields.filter((field) => field.since === undefined || isAtLeast(version, field.since));
}

/** The column a field is stored in. */
export function columnOf(field: Field): string {
  return field.kind === "foreign" ? `${field.name}_id` : field.name;
}
