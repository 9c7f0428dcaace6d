/** A field of an object that `visitFields` found: its value, its own key, and its whole path when somebody asks. */
export interface Field {
  readonly value: unknown;
  readonly key: string;
  readonly path: () => string;
}

type Segment =
  | { readonly kind: "key"; readonly key: string }
  /** Every element of a list. */
  | { readonly kind: "each" }
  /** Every field below, at any depth. */
  | { readonly kind: "below" };

/** Compiled form of a dotted path such as `config.queue.max_entries`, `paths[*]`, `targets[*].weight`, `config.*`. */
export type FieldPath = readonly Segment[];

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
  return segments;
}

/** Deeper or larger objects than any entity has: made by somebody, or a circle. */
const maxDepth = 40;
const maxFields = 20_000;

interface Walk {
  readonly path: FieldPath;
  readonly visit: (field: Field) => void;
  readonly trail: (string | number)[];
  fieldsLeft: number;
}

/**
 * Shows every field that a path means, a missing one as undefined; lists that are missing have no elements.
 * Returns whether everything was looked at: an object beyond the bounds was not.
 */
export function visitFields(root: unknown, path: FieldPath, visit: (field: Field) => void): boolean {
  const walk: Walk = { path, visit, trail: [], fieldsLeft: maxFields };
  follow(walk, root, 0);
  return walk.fieldsLeft > 0;
}

function follow(walk: Walk, value: unknown, at: number): void {
  const segment = walk.path[at];
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
  const isList = Array.isArray(value);
  for (const [key, item] of Object.entries(value)) {
    if (walk.fieldsLeft <= 0) return;
    walk.trail.push(isList ? Number(key) : key);
    show(walk, item);
    showBelow(walk, item);
    walk.trail.pop();
  }
}

function show(walk: Walk, value: unknown): void {
  walk.fieldsLeft -= 1;
  const key = walk.trail.at(-1);
  walk.visit({ value, key: typeof key === "string" ? key : "", path: () => pathText(walk.trail) });
}

/** The value at a path without lists; undefined where there is none. */
export function valueAt(root: unknown, path: FieldPath): unknown {
  let value = root;
  for (const segment of path) {
    if (segment.kind !== "key") return undefined;
    value = fieldOf(value, segment.key);
  }
  return value;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldOf(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function pathText(trail: readonly (string | number)[]): string {
  let text = "";
  for (const step of trail) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
