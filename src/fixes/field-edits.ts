import { plainValueOf } from "#src/discovery/files/yaml/plain-scalar.ts";
import { leave, nothing, one } from "./found-edits.ts";
import type { FoundEdits } from "./found-edits.ts";
import { holdsVariable } from "./open-document.ts";
import type { PlacedNode, PlacedScalar } from "./placed-node.ts";
import { valueAt } from "./places.ts";
import type { Field } from "./places.ts";

/** The old key becomes the new one, value and comment stay. One that says nothing beside the new one goes. */
export function renameField(field: Field, to: string, text: string): FoundEdits {
  const { map, key, value, name } = field;
  const last = to.split(".").at(-1) ?? to;
  if (to.split(".").slice(0, -1).join(".") !== name.split(".").slice(0, -1).join("."))
    return leave(`${name}: it moves into another object, ${to}; do it by hand`);
  if (valueAt(map, last) !== undefined)
    return saysNothing(value)
      ? removeField(field, text)
      : leave(`${name}: ${to} is set too; decide which of the two counts`);
  const renamed = key.style === "quoted" ? JSON.stringify(last) : last;
  return one({ start: key.start, end: key.end, text: renamed, what: name });
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

/** A list of texts becomes one text; an empty list goes. */
export function joinList(field: Field, text: string): FoundEdits {
  const { key, value, name } = field;
  if (value.kind !== "list") return nothing;
  if (value.items.length === 0) return removeField(field, text);
  const texts = value.items.filter((item) => item.kind === "scalar");
  const [first] = texts;
  const last = texts.at(-1);
  // As Kong joins them (Kong/kong 3.4.2 kong/plugins/http-log/migrations/001_280_to_300.lua).
  const joined = texts.map((item) => item.text).join(", ");
  const isOne = texts.length === 1;
  const isVague =
    texts.length < value.items.length || texts.some((item) => isNoText(item)) || (!isOne && holdsVariable(joined));
  if (first === undefined || last === undefined || value.end === undefined || isVague)
    return leave(`${name}: it holds more than plain texts; write one text by hand`);
  const kept = isOne ? text.slice(first.start, first.end) : JSON.stringify(joined);
  // A block list stands on its own lines; the text goes behind the colon.
  return value.isFlow
    ? one({ start: value.start, end: value.end, text: kept, what: name })
    : one({ start: key.end + 1, end: last.end, text: ` ${kept}`, what: name });
}

/** A block text would need its header, and a null says nothing. */
function isNoText(item: PlacedScalar): boolean {
  return item.style === "block" || saysNothing(item);
}

/** An empty list, a null, or a key without a value. */
function saysNothing(value: PlacedNode): boolean {
  if (value.kind === "list") return value.items.length === 0;
  if (value.kind !== "scalar") return false;
  return value.style === "absent" || (value.style === "plain" && plainValueOf(value.text) === null);
}

/** A value becomes a list of one. */
export function listOfOne({ value, name }: Field, text: string): FoundEdits {
  if (value.kind !== "scalar" || saysNothing(value)) return nothing;
  if (value.style === "block") return leave(`${name}: it is a block text; make a list of it by hand`);
  return one({ start: value.start, end: value.end, text: `[${text.slice(value.start, value.end)}]`, what: name });
}
