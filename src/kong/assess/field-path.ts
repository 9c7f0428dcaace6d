/** Sees a field: its value, its own key, and its whole path when somebody asks (only while it is seen). */
export type Visit = (value: unknown, key: string, path: () => string) => void;

type Segment =
  | { readonly kind: "key"; readonly key: string }
  /** Every element of a list. */
  | { readonly kind: "each" }
  /** Every field below, at any depth. */
  | { readonly kind: "below" };

/** Compiled form of a dotted path such as `config.queue.max_entries`, `paths[*]`, `targets[*].weight`, `config.*`. */
export interface FieldPath {
  readonly text: string;
  readonly segments: readonly Segment[];
  /** The keys of a path without lists, which means one field. */
  readonly keys: readonly string[] | undefined;
  /** The keys of a path that ends with its only list, which means the elements of one list: `paths[*]`. */
  readonly listKeys: readonly string[] | undefined;
}

/** The part of a path up to its last list, whose elements conditions share inside one `all`; undefined without a list. */
export function listOf(path: string): string | undefined {
  if (path.endsWith("*")) return path;
  const end = path.lastIndexOf("[*]");
  return end === -1 ? undefined : path.slice(0, end + 3);
}

export function parseFieldPath(path: string): FieldPath {
  const segments: Segment[] = [];
  for (const part of path.split(".")) {
    const [key = "", ...lists] = part.split("[*]");
    if (key === "*") segments.push({ kind: "below" });
    else if (key !== "") segments.push({ kind: "key", key });
    for (const _ of lists) segments.push({ kind: "each" });
  }
  const keys = segments.flatMap((segment) => (segment.kind === "key" ? [segment.key] : []));
  const isOneList = keys.length === segments.length - 1 && segments.at(-1)?.kind === "each";
  return {
    text: path,
    segments,
    keys: keys.length === segments.length ? keys : undefined,
    listKeys: isOneList ? keys : undefined,
  };
}

/** Deeper or larger objects than any entity has: made by somebody, or a circle. */
const maxDepth = 40;
const maxFields = 20_000;

interface Walk {
  readonly segments: readonly Segment[];
  readonly visit: Visit;
  readonly trail: (string | number)[];
  readonly path: () => string;
  fieldsLeft: number;
}

/**
 * Shows every field that a path means, a missing one as undefined; lists that are missing have no elements.
 * Returns whether everything was looked at: an object beyond the bounds was not.
 */
export function visitFields(root: unknown, { segments, listKeys }: FieldPath, visit: Visit): boolean {
  if (listKeys !== undefined) return visitElements(valueAt(root, listKeys), listKeys, visit);
  const trail: (string | number)[] = [];
  const walk: Walk = { segments, visit, trail, path: () => pathText(trail), fieldsLeft: maxFields };
  follow(walk, root, 0);
  return walk.fieldsLeft > 0;
}

/** Most conditions on tens of thousands of routes ask about the elements of one list: they need no trail of steps. */
function visitElements(list: unknown, keys: readonly string[], visit: Visit): boolean {
  if (!Array.isArray(list)) return true;
  let index = 0;
  const path = (): string => pathText([...keys, index]);
  for (; index < list.length && index < maxFields; index += 1) visit(list[index], "", path);
  return list.length < maxFields;
}

function follow(walk: Walk, value: unknown, at: number): void {
  const segment = walk.segments[at];
  if (segment === undefined) return show(walk, value);
  if (segment.kind === "below") return showBelow(walk, value);
  if (segment.kind === "key") {
    walk.trail.push(segment.key);
    follow(walk, fieldOf(value, segment.key), at + 1);
    walk.trail.pop();
    return;
  }
  if (!Array.isArray(value)) return;
  for (let index = 0; index < value.length; index += 1) {
    if (walk.fieldsLeft <= 0) return;
    walk.trail.push(index);
    follow(walk, value[index], at + 1);
    walk.trail.pop();
  }
}

function showBelow(walk: Walk, value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (walk.trail.length > maxDepth) walk.fieldsLeft = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      if (walk.fieldsLeft <= 0) return;
      showWithBelow(walk, index, value[index]);
    }
  } else if (isRecord(value)) {
    for (const key of Object.keys(value)) {
      if (walk.fieldsLeft <= 0) return;
      showWithBelow(walk, key, value[key]);
    }
  }
}

function showWithBelow(walk: Walk, step: string | number, value: unknown): void {
  walk.trail.push(step);
  show(walk, value);
  showBelow(walk, value);
  walk.trail.pop();
}

function show(walk: Walk, value: unknown): void {
  walk.fieldsLeft -= 1;
  const key = walk.trail.at(-1);
  walk.visit(value, typeof key === "string" ? key : "", walk.path);
}

/** The value below some keys; undefined where there is none. */
export function valueAt(root: unknown, keys: readonly string[]): unknown {
  let value = root;
  for (const key of keys) value = fieldOf(value, key);
  return value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What an object inherits is no field of it; asking for that only where something was found keeps a miss cheap. */
function fieldOf(value: unknown, key: string): unknown {
  if (!isRecord(value)) return undefined;
  const found = value[key];
  return found === undefined || Object.hasOwn(value, key) ? found : undefined;
}

function pathText(trail: readonly (string | number)[]): string {
  let text = "";
  for (const step of trail) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
