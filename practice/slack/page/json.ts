/** A JSON object whose members have not been looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

const nothing: Fields = {};

/** Tells whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a value as an object; anything else reads as an empty one, so that a strange card still renders. */
export function asFields(value: unknown): Fields {
  return isFields(value) ? value : nothing;
}

/** Reads a value as a list of objects and leaves out what is none. */
export function asFieldList(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((item) => isFields(item)) : [];
}

/** Reads a value as a list of strings and leaves out what is none. */
export function asTextList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Reads the member `key` as an object. */
export function fieldsAt(owner: Fields, key: string): Fields {
  return asFields(owner[key]);
}

/** Reads the member `key` as a list of objects. */
export function listAt(owner: Fields, key: string): readonly Fields[] {
  return asFieldList(owner[key]);
}

/** Reads the member `key` as a list of strings. */
export function textsAt(owner: Fields, key: string): readonly string[] {
  return asTextList(owner[key]);
}

/** Reads the member `key` as text; empty when it is missing or of another type. */
export function textAt(owner: Fields, key: string): string {
  const value = owner[key];
  return typeof value === "string" ? value : "";
}

/** Reads the member `key` as a number; 0 when it is missing or of another type. */
export function numberAt(owner: Fields, key: string): number {
  const value = owner[key];
  return typeof value === "number" ? value : 0;
}

/** Tells whether the member `key` is exactly `true`. */
export function flagAt(owner: Fields, key: string): boolean {
  return owner[key] === true;
}
