/** Lines of what must be unique in a document. */
export interface SeenKeys {
  /** The line on which the same key stood before, or undefined for a new one. */
  readonly note: (key: UniqueKey, line: number) => number | undefined;
}

/** Three texts that are known already: nested maps of these are cheaper than one new text per entity. */
export interface UniqueKey {
  readonly list: string;
  readonly field: string;
  readonly value: string;
}

export function seenKeys(): SeenKeys {
  const lists = new Map<string, Map<string, Map<string, number>>>();
  return {
    note({ list, field, value }, line) {
      const values = inner(inner(lists, list), field);
      const before = values.get(value);
      if (before === undefined) values.set(value, line);
      return before;
    },
  };
}

function inner<Value>(outer: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = outer.get(key);
  if (known !== undefined) return known;
  const made = new Map<string, Value>();
  outer.set(key, made);
  return made;
}
