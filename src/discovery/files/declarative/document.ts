import type { DeclarativeFile, Entity, EntityKind } from "#src/kong/inventory.ts";
import { describeValue, fieldsOf, ownName, referenceName, words, wrongFields } from "./entity-fields.ts";
import type { Fields } from "./entity-fields.ts";
import { entityShapes } from "./entity-shapes.ts";
import type { EntityShape } from "./entity-shapes.ts";
import { seenKeys } from "./seen-keys.ts";
import type { SeenKeys, UniqueKey } from "./seen-keys.ts";
import { bounds } from "#src/discovery/files/bounds.ts";
import { addTrouble } from "#src/discovery/files/trouble.ts";
import type { Trouble } from "#src/discovery/files/trouble.ts";
import { isMapping } from "#src/discovery/files/yaml/parts.ts";
import type { LineOf } from "#src/discovery/files/yaml/parts.ts";

type Parent = Entity["parents"][number];

/** A target that was written beside its upstream, not inside. */
export interface LooseTarget {
  readonly upstream: string;
  readonly target: Fields;
}

/** What was found so far in one document of a declarative file. */
export interface DeclarativeDocument {
  readonly file: string;
  readonly texts: { readonly troubles: Trouble[]; readonly notes: Trouble[] };
  readonly entities: Entity[];
  readonly targets: LooseTarget[];
  readonly topLevel: { readonly key: string; readonly line: number }[];
  readonly duplicateKeys: { readonly what: string; readonly line: number }[];
  readonly seen: SeenKeys;
  readonly counts: Map<string, number>;
  formatVersion: string | undefined;
  workspace: string | undefined;
  isFull: boolean;
}

export function declarativeDocument(file: string, texts: DeclarativeDocument["texts"]): DeclarativeDocument {
  return {
    file,
    texts,
    entities: [],
    targets: [],
    topLevel: [],
    duplicateKeys: [],
    seen: seenKeys(),
    counts: new Map(),
    formatVersion: undefined,
    workspace: undefined,
    isFull: false,
  };
}

/** The facts about the file itself. */
export function fileFacts({ file, formatVersion, topLevel, duplicateKeys }: DeclarativeDocument): DeclarativeFile {
  return { file, formatVersion, topLevel, duplicateKeys };
}

/** An item of a list of entities, with where it stands. */
interface Item {
  /** The top-level key of its kind. */
  readonly list: string;
  readonly value: unknown;
  readonly parent: Parent | undefined;
  /** e.g. `services[3].routes[0]`. */
  readonly where: string;
  readonly line: number;
  readonly lineOf: LineOf;
}

/** Takes an item of a top-level list of entities. */
export function takeItem(
  document: DeclarativeDocument,
  { list, value, line, lineOf }: Pick<Item, "list" | "value" | "line" | "lineOf">,
): void {
  const index = document.counts.get(list) ?? 0;
  document.counts.set(list, index + 1);
  const item = { list, value, parent: undefined, where: `${list}[${index}]`, line: lineOf(value) ?? line, lineOf };
  if (list === "targets") takeTarget(document, item);
  else takeEntity(document, item);
}

function takeEntity(document: DeclarativeDocument, item: Item): void {
  const shape = entityShapes[item.list];
  // Kong takes names alone for the SNIs of a certificate.
  const value = item.list === "snis" && typeof item.value === "string" ? { name: item.value } : item.value;
  if (shape === undefined) return;
  if (!isMapping(value)) {
    complain(document, item, `expected the fields of a ${words(shape.kind)}, found ${describeValue(value)}`);
    return;
  }
  if (document.entities.length >= bounds.entities) {
    if (!document.isFull) complain(document, item, `more than ${bounds.entities} entities; the rest was not read`);
    document.isFull = true;
    return;
  }
  for (const problem of wrongFields(shape, value)) complain(document, item, problem);
  const entity = entityOf(document, { shape, written: value, item });
  document.entities.push(entity);
  noteDuplicates(document, { shape, entity, item });
  const nested = nestedFields(shape);
  if (nested.length === 0) return;
  const parent = { kind: shape.kind, name: ownName(shape, value, item.line) };
  for (const [field, list] of nested) takeNested(document, item, { field, list, value: value[field], parent });
}

const nestedByShape = new Map(Object.values(entityShapes).map((shape) => [shape, Object.entries(shape.nested)]));

function nestedFields(shape: EntityShape): readonly (readonly [string, string])[] {
  return nestedByShape.get(shape) ?? [];
}

function complain(document: DeclarativeDocument, { where, line }: Item, problem: string): void {
  addTrouble(document.texts.troubles, { file: document.file, line, text: `${where}: ${problem}` });
}

interface Written {
  readonly shape: EntityShape;
  readonly written: Fields;
  readonly item: Item;
}

const noParents: Entity["parents"] = [];

function entityOf(document: DeclarativeDocument, { shape, written, item }: Written): Entity {
  const name = written[shape.nameField];
  const { id } = written;
  const entity = {
    kind: shape.kind,
    parents: shape.references.length === 0 ? noParents : parentsOf(shape, written, item.parent),
    origin: "file" as const,
    place: { file: document.file, line: item.line },
    fields: fieldsOf(shape, written),
  };
  if (typeof name !== "string") return typeof id === "string" ? { ...entity, id } : entity;
  return typeof id === "string" ? { ...entity, id, name } : { ...entity, name };
}

function parentsOf(shape: EntityShape, written: Fields, parent: Parent | undefined): Entity["parents"] {
  const parents: Parent[] = [];
  for (const kind of shape.references) {
    const name = parent?.kind === kind ? parent.name : referenceName(written[kind]);
    if (name !== undefined) parents.push({ kind, name });
  }
  return parents.length === 0 ? noParents : parents;
}

interface Nested {
  readonly field: string;
  readonly list: string;
  readonly value: unknown;
  readonly parent: Parent;
}

function takeNested(document: DeclarativeDocument, item: Item, { field, list, value, parent }: Nested): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value)) {
    complain(document, item, `${field}: expected a list, found ${describeValue(value)}`);
    return;
  }
  for (const [index, child] of value.entries()) {
    const line = item.lineOf(child) ?? item.line;
    takeEntity(document, {
      list,
      value: child,
      parent,
      where: `${item.where}.${field}[${index}]`,
      line,
      lineOf: item.lineOf,
    });
  }
}

/** Kong checks primary keys and endpoint keys, and a plugin once per scope (kong/db/schema/others/declarative_config.lua 3.4). */
function noteDuplicates(
  document: DeclarativeDocument,
  { shape, entity, item }: { readonly shape: EntityShape; readonly entity: Entity; readonly item: Item },
): void {
  const { list } = item;
  if (entity.id !== undefined) noteKey(document, item, { list, field: "id", value: entity.id });
  for (const field of shape.unique) {
    const value = entity.fields[field];
    if (typeof value === "string") noteKey(document, item, { list, field, value });
  }
  if (entity.kind === "plugin" && entity.name !== undefined)
    noteKey(document, item, pluginKey(entity.name, entity.parents));
}

function pluginKey(name: string, parents: Entity["parents"]): UniqueKey {
  const [parent, ...more] = parents;
  if (parent === undefined) return { list: "global plugins", field: "name", value: name };
  if (more.length === 0) return { list: pluginLists[parent.kind] ?? "plugins", field: name, value: parent.name };
  const scope = parents.map((each) => `${words(each.kind)} ${each.name}`).join(", ");
  return { list: "plugins", field: name, value: `on ${scope}` };
}

const pluginLists: Readonly<Partial<Record<EntityKind, string>>> = {
  route: "plugins of a route",
  service: "plugins of a service",
  consumer: "plugins of a consumer",
  consumer_group: "plugins of a consumer group",
};

function noteKey(document: DeclarativeDocument, { line }: Item, key: UniqueKey): void {
  const before = document.seen.note(key, line);
  if (before === undefined) return;
  const what = `${key.list}: ${key.field} ${key.value} stands on line ${before} and on line ${line}`;
  if (document.duplicateKeys.length < bounds.countedProblems) document.duplicateKeys.push({ what, line });
}

function takeTarget(document: DeclarativeDocument, item: Item): void {
  const { value } = item;
  const upstream = isMapping(value) ? referenceName(value["upstream"]) : undefined;
  if (!isMapping(value) || upstream === undefined) complain(document, item, "expected a target with its upstream");
  else document.targets.push({ upstream, target: value });
}

/** The kinds that a file's `_info.defaults` fills in (decK). */
export const defaultedKinds: readonly EntityKind[] = ["service", "route", "upstream"];
