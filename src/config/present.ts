/** A key for what is there, no key for what is not: records compare without keys that hold nothing. */
export function present<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [Name in Key]?: Value } {
  const entry: { [Name in Key]?: Value } = {};
  if (value !== undefined) entry[key] = value;
  return entry;
}
