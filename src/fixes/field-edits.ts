import { isMap, isScalar, isSeq } from "yaml";
import type { YAMLSeq } from "yaml";
import { leave, nothing, one } from "./found-edits.ts";
import type { FoundEdits } from "./found-edits.ts";
import { holdsVariable } from "./open-document.ts";
import { hasRange } from "./places.ts";
import type { Field } from "./places.ts";

/** The old key becomes the new one, value and comment stay. One that says nothing beside the new one goes. */
export function renameField(field: Field, to: string, text: string): FoundEdits {
  const { map, pair, name } = field;
  const { key, value } = pair;
  if (!hasRange(key.range)) return nothing;
  const last = to.split(".").at(-1) ?? to;
  if (to.split(".").slice(0, -1).join(".") !== name.split(".").slice(0, -1).join("."))
    return leave(`${name}: it moves into another object, ${to}; do it by hand`);
  const saysNothing = isSeq(value) ? value.items.length === 0 : isScalar(value) && value.value === null;
  if (map.has(last))
    return saysNothing ? removeField(field, text) : leave(`${name}: ${to} is set too; decide which of the two counts`);
  const isQuoted = key.type === "QUOTE_SINGLE" || key.type === "QUOTE_DOUBLE";
  return one({ start: key.range[0], end: key.range[1], text: isQuoted ? JSON.stringify(last) : last, what: name });
}

/** In a block the whole lines go; in `{…}` the comma goes too. */
export function removeField({ map, pair, name }: Field, text: string): FoundEdits {
  const { key, value } = pair;
  if (!hasRange(key.range)) return nothing;
  const end = endOf(value) ?? key.range[1];
  const what = name;
  if (map.items.length === 1) return leave(`${what}: it is the only field there; remove it with the object around it`);
  const span = { start: key.range[0], end };
  return map.flow === true ? removeInFlow(span, text, what) : removeLines(span, text, what);
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

/** Where a value ends; undefined for a key without one. */
function endOf(value: unknown): number | undefined {
  if (!isScalar(value) && !isMap(value) && !isSeq(value)) return undefined;
  return value.range?.[1];
}

/** A list of texts becomes one text; an empty list goes. */
export function joinList(field: Field, text: string): FoundEdits {
  const { pair, name } = field;
  const { value } = pair;
  if (!isSeq(value) || !hasRange(value.range)) return nothing;
  if (value.items.length === 0) return removeField(field, text);
  const spans = value.items.filter((item) => isScalar(item)).flatMap(({ range }) => (hasRange(range) ? [range] : []));
  const [first] = spans;
  const last = spans.at(-1);
  const isVague = spans.length > 1 && holdsVariable(joined(value));
  if (first === undefined || last === undefined || spans.length < value.items.length || isVague)
    return leave(`${name}: it holds more than plain texts; write one text by hand`);
  const kept = spans.length === 1 ? text.slice(first[0], first[1]) : JSON.stringify(joined(value));
  // A block list stands on its own lines; the text goes behind the colon.
  if (value.flow === true) return one({ start: value.range[0], end: value.range[1], text: kept, what: name });
  return one({ start: (pair.key.range?.[1] ?? value.range[0]) + 1, end: last[1], text: ` ${kept}`, what: name });
}

/** As Kong joins them (Kong/kong 3.4.2 kong/plugins/http-log/migrations/001_280_to_300.lua). */
function joined({ items }: YAMLSeq): string {
  return items.map((item) => (isScalar(item) ? String(item.value) : "")).join(", ");
}

/** A value becomes a list of one. */
export function listOfOne({ pair, name }: Field, text: string): FoundEdits {
  const { value } = pair;
  if (!isScalar(value) || value.value === null || !hasRange(value.range)) return nothing;
  const kept = text.slice(value.range[0], value.range[1]);
  return one({ start: value.range[0], end: value.range[1], text: `[${kept}]`, what: name });
}
