import type { EntityKind } from "#src/kong/inventory.ts";
import type { EntityShape } from "./entity-shapes.ts";
import { hideSecret } from "#src/discovery/files/yaml/known-texts.ts";
import { licenceEnd } from "#src/discovery/files/licence.ts";
import { isMapping } from "#src/discovery/files/yaml/parts.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an entity without the entities that hang on it and without what must not be kept. */
export function fieldsOf(shape: EntityShape, written: Fields): Fields {
  const { keep, secret, kind } = shape;
  const kept = keep === undefined && secret === undefined ? withoutNested(shape, written) : keptFields(shape, written);
  if (kind === "service" && typeof written["url"] === "string") return { ...urlFields(written["url"]), ...kept };
  if (kind !== "license" || typeof written["payload"] !== "string") return kept;
  const end = licenceEnd(written["payload"]);
  return end === undefined ? kept : { ...kept, expiration_date: end };
}

function withoutNested({ nested }: EntityShape, written: Fields): Fields {
  let has = false;
  for (const field in nested) if (Object.hasOwn(written, field)) has = true;
  if (!has) return written;
  const kept: Record<string, unknown> = {};
  for (const field of Object.keys(written)) if (!Object.hasOwn(nested, field)) kept[field] = written[field];
  return kept;
}

function keptFields({ nested, keep, secret }: EntityShape, written: Fields): Fields {
  return Object.fromEntries(
    Object.entries(written)
      .filter(([field]) => !Object.hasOwn(nested, field) && (keep === undefined || keep.has(field)))
      .map(([field, value]) => [field, secret?.has(field) === true ? hideSecret(value) : value]),
  );
}

/** The short form of a service's address, which Kong and decK take apart before they use it. */
function urlFields(url: string): Fields {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)(?::(\d{1,5}))?(\/[^?#]*)?/iu.exec(url);
  const [, protocol, host, port, path] = match ?? [];
  if (protocol === undefined || host === undefined) return {};
  const isTls = /^(?:https|grpcs|tls|wss)$/iu.test(protocol);
  return {
    protocol: protocol.toLowerCase(),
    host,
    port: port === undefined ? (isTls ? 443 : 80) : Number(port),
    ...(path === undefined ? {} : { path }),
  };
}

/** What the field that refers to another entity says: its name, or an object with name or id. */
export function referenceName(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (!isMapping(value)) return undefined;
  const named = [value["name"], value["username"], value["id"]].find((part) => typeof part === "string");
  return typeof named === "string" ? named : undefined;
}

/** How an entity is called where another one hangs on it. */
export function ownName(shape: EntityShape, written: Fields, line: number): string {
  const named = [written[shape.nameField], written["id"]].find((part) => typeof part === "string");
  return typeof named === "string" ? named : `unnamed ${words(shape.kind)} on line ${line}`;
}

/** Fields of the wrong form, each with what was expected; decK's variables may become anything. */
export function wrongFields(shape: EntityShape, written: Fields): readonly string[] {
  const wrong: string[] = [];
  for (const field of shape.needs ?? []) {
    const value = written[field];
    if (typeof value !== "string" || value === "")
      wrong.push(`${field}: expected a text, found ${describeValue(value)}`);
  }
  for (const field of shape.lists ?? []) {
    const value = written[field];
    if (isSet(value) && !Array.isArray(value)) wrong.push(`${field}: expected a list, found ${describeValue(value)}`);
  }
  for (const field of shape.mappings ?? []) {
    const value = written[field];
    if (isSet(value) && !isMapping(value)) wrong.push(`${field}: expected a mapping, found ${describeValue(value)}`);
  }
  return wrong;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !isVariable(value);
}

function isVariable(value: unknown): boolean {
  return typeof value === "string" && value.includes("${{");
}

/** The kind of a value, never the value. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "a text";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    default:
      return "a mapping";
  }
}

export function words(kind: EntityKind): string {
  return kind.replaceAll("_", " ");
}
