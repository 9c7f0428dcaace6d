/**
 * A copy that PostgreSQL's jsonb can hold and canonical JSON can hash: NUL characters and lone surrogates become
 * U+FFFD, properties without a value disappear.
 */
export function storable(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    isPlainObject(part) ? withCleanKeys(part) : clean(part),
  );
  return JSON.parse(text);
}

/** Text without the characters that PostgreSQL refuses. */
export function storableText(text: string): string {
  return text.replaceAll("\u0000", "\uFFFD").toWellFormed();
}

function clean(part: unknown): unknown {
  return typeof part === "string" ? storableText(part) : part;
}

function isPlainObject(part: unknown): part is object {
  return typeof part === "object" && part !== null && !Array.isArray(part);
}

function withCleanKeys(part: object): object {
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [storableText(key), value]));
}
