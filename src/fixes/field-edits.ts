import { plainValueOf } from "#src/discovery/files/yaml/plain-scalar.ts";
import { leave, nothing, one } from "./found-edits.ts";
import type { FoundEdits } from "./found-edits.ts";
import { valueAt } from "./places.ts";
import type { Field } from "./places.ts";

/** The old key becomes the new one, value and comment stay. */
export function renameField({ map, key, name }: Field, to: string): FoundEdits {
  const last = to.split(".").at(-1) ?? to;
  if (to.split(".").slice(0, -1).join(".") !== name.split(".").slice(0, -1).join("."))
    return leave(`${name}: it moves into another object, ${to}; do it by hand`);
  if (valueAt(map, last) !== undefined) return leave(`${name}: ${to} is set too; decide which of the two counts`);
  const text = key.style === "quoted" ? JSON.stringify(last) : last;
  return one({ start: key.start, end: key.end, text, what: name });
}

/** In a block the whole lines go; in `{…}` the comma goes too. */
export function removeField({ map, key, value, name }: Field, text: string): FoundEdits {
  if (map.pairs.length === 1) return leave(`${name}: it is the only field there; remove it with the object around it`);
  if (value.end === undefined) return leave(`${name}: where it ends cannot be told; remove it by hand`);
  const span = { start: key.start, end: value.end };
  return map.isFlow ? removeInFlow(span, text, name) : removeLines(span, text, name);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function removeInFlow({ start, end }: Span, text: string, what: string): FoundEdits {
  const after = /^\s*,\s*/u.exec(text.slice(end, end + 1_000))?.[0].length;
  if (after !== undefined) return one({ start, end: end + after, text: "", what });
  const before = /,\s*$/u.exec(text.slice(Math.max(0, start - 1_000), start))?.[0].length ?? 0;
  return one({ start: start - before, end, text: "", what });
}

function removeLines({ start: key, end }: Span, text: string, what: string): FoundEdits {
  const start = text.lastIndexOf("\n", key - 1) + 1;
  // In `- key: …` the dash opens the item and has to stay.
  if (text.slice(start, key).trim() !== "") return leave(`${what}: it opens a list item; remove it by hand`);
  if (text.slice(end - 1, end) === "\n") return one({ start, end, text: "", what });
  const rest = text.indexOf("\n", end);
  return one({ start, end: rest === -1 ? text.length : rest + 1, text: "", what });
}

/** A list of one value becomes that value. */
export function firstOfList({ key, value, name }: Field, text: string): FoundEdits {
  if (value.kind !== "list") return nothing;
  const [first] = value.items;
  if (value.items.length !== 1 || first?.kind !== "scalar" || first.style === "block" || value.end === undefined)
    return leave(`${name}: it holds ${value.items.length} values and only one can stay; decide which`);
  const kept = text.slice(first.start, first.end);
  // A block list stands on its own lines; the one value goes behind the colon.
  return value.isFlow
    ? one({ start: value.start, end: value.end, text: kept, what: name })
    : one({ start: key.end + 1, end: first.end, text: ` ${kept}`, what: name });
}

/** A value becomes a list of one. */
export function listOfOne({ value, name }: Field, text: string): FoundEdits {
  if (value.kind !== "scalar" || value.style === "absent") return nothing;
  if (value.style === "plain" && plainValueOf(value.text) === null) return nothing;
  if (value.style === "block") return leave(`${name}: it is a block text; make a list of it by hand`);
  return one({ start: value.start, end: value.end, text: `[${text.slice(value.start, value.end)}]`, what: name });
}
