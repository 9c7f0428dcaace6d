/** A JSON object whose members have not been looked at yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** Tells a JSON object from arrays, null and scalars. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a member that must be a string; anything else counts as absent. */
export function stringAt(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === "string" ? value : undefined;
}

/** Reads a member that must be an object; anything else counts as absent. */
export function objectAt(object: JsonObject, key: string): JsonObject | undefined {
  const value = object[key];
  return isObject(value) ? value : undefined;
}

/** Reads the objects of an array member; other entries are left out. */
export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Leaves out members that are undefined, so that an answer carries only what Slack would send. */
export function defined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Parses JSON from outside; undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text of a scalar; objects become JSON, null and undefined become empty. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** A copy with one member changed, named by a path such as `actions.0.value`; what is missing on the way is made. */
export function withMember(value: unknown, path: string, member: unknown): unknown {
  return changed(value, path.split("."), () => ({ member }));
}

/** A copy without the member that the path names. */
export function withoutMember(value: unknown, path: string): unknown {
  return changed(value, path.split("."), () => undefined);
}

function changed(
  value: unknown,
  path: readonly string[],
  change: () => { readonly member: unknown } | undefined,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(value)) {
    const next = rest.length > 0 ? { member: changed(value[Number(key)], rest, change) } : change();
    return next === undefined ? value.toSpliced(Number(key), 1) : value.with(Number(key), next.member);
  }
  const object = isObject(value) ? value : {};
  const { [key]: old, ...others } = object;
  const next = rest.length > 0 ? { member: changed(old, rest, change) } : change();
  return next === undefined ? others : { ...object, [key]: next.member };
}
