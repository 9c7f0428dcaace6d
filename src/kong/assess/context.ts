import type { Entity, EntityKind, Input, Inventory, Setting, SourceText } from "#src/kong/inventory.ts";
import { describeEntity } from "./describe-entity.ts";
import { parseFieldPath } from "./field-path.ts";
import type { FieldPath } from "./field-path.ts";
import { startOf } from "./hop.ts";
import type { Hop } from "./hop.ts";
import { fieldNames } from "./field-names.ts";
import { makePatterns } from "./patterns.ts";
import type { Surroundings } from "./predicates.ts";
import { describeSetting } from "./settings.ts";
import type { Subject, Subjects } from "./subject.ts";
import { scriptSubject, textSubject } from "./text-lines.ts";

type Origin = Entity["origin"];

/** Everything that conditions are judged against, arranged once so that each of them only sees what it asks about. */
export interface Context {
  readonly inventory: Inventory;
  readonly hop: Hop;
  readonly around: Surroundings;
  readonly entities: (kind: EntityKind, origin?: Origin) => readonly Subject[];
  /** Plugin instances of a name, of all with `*`, of names that fit with `/regex/`. */
  readonly plugins: (name: string, origin?: Origin) => readonly Subject[];
  /** Names of all plugins of which there is an instance. */
  readonly pluginNames: () => readonly string[];
  /** Fields that any instance of a plugin has. */
  readonly pluginFields: (name: string) => ReadonlySet<string>;
  /** Explicitly set keys of kong.conf, by name or `/regex/`. */
  readonly settings: (key: string) => readonly Subject[];
  readonly path: (path: string) => FieldPath;
  readonly text: (text: SourceText) => Subject;
  readonly script: (script: SourceText) => Subject;
  /** What conditions of one kind and name look at, made once: two of them that hit one object are seen to do so. */
  readonly subjects: (key: string, make: () => Subjects) => Subjects;
  readonly isRead: (input: Input) => boolean;
  /**
   * The input without which entities were not wholly read; undefined where they were. They come from the Admin API and
   * from files: files that were given and not wholly read may hold more of them.
   */
  readonly missingEntities: "entities" | "declarative" | undefined;
  /** Subjects that come from an input, which may have been read or not. */
  readonly from: (input: Input, all: readonly Subject[]) => Subjects;
}

export function makeContext(inventory: Inventory, hop: Hop): Context {
  const patterns = makePatterns();
  const byKind = indexEntities(
    inventory.entities.filter(({ kind }) => kind !== "plugin"),
    ({ kind }) => kind,
  );
  const byPlugin = indexEntities(
    inventory.entities.filter(({ kind }) => kind === "plugin"),
    pluginName,
  );
  const byKey = indexSettings(inventory.settings);
  const made = new Map<string, Subjects>();
  const isRead = (input: Input): boolean => inventory.inputs[input].kind === "read";
  const namesThatFit = remember((name: string) => fitting(byPlugin.keys(), name, patterns.get));
  const keysThatFit = remember((key: string) => fitting(byKey.keys(), key, patterns.get));
  return {
    inventory,
    hop,
    around: {
      from: startOf(hop, inventory.deployment.edition),
      to: { version: hop.to, edition: hop.edition },
      today: inventory.today,
      patterns,
      adminApiSegments: inventory.adminApiSegments,
      databaseKind: inventory.databaseServer?.kind,
    },
    entities: (kind, origin) => ofOrigin(byKind.get(kind), origin),
    plugins: (name, origin) => namesThatFit(name).flatMap((one) => ofOrigin(byPlugin.get(one), origin)),
    pluginFields: remember((name: string) => fieldNames(ofOrigin(byPlugin.get(name), undefined))),
    pluginNames: () => [...byPlugin.keys()],
    settings: (key) => keysThatFit(key).flatMap((one) => byKey.get(one) ?? []),
    path: remember(parseFieldPath),
    text: remember(textSubject),
    script: remember(scriptSubject),
    subjects: (key, make) => {
      const subjects = made.get(key) ?? make();
      made.set(key, subjects);
      return subjects;
    },
    isRead,
    missingEntities: missingEntities(inventory),
    from: (input, all) => ({ all, input, isComplete: isRead(input) }),
  };
}

function missingEntities({ inputs }: Inventory): Context["missingEntities"] {
  if (inputs.entities.kind !== "read") return "entities";
  return inputs.declarative.kind === "failed" || inputs.declarative.kind === "partly" ? "declarative" : undefined;
}

interface Indexed {
  readonly live: Subject[];
  readonly file: Subject[];
}

function indexEntities(entities: readonly Entity[], keyOf: (entity: Entity) => string): ReadonlyMap<string, Indexed> {
  const index = new Map<string, Indexed>();
  for (const entity of entities) {
    const key = keyOf(entity);
    let known = index.get(key);
    if (known === undefined) index.set(key, (known = { live: [], file: [] }));
    known[entity.origin].push({ fields: fieldsOf(entity), describe: () => describeEntity(entity) });
  }
  return index;
}

function indexSettings(settings: readonly Setting[]): ReadonlyMap<string, readonly Subject[]> {
  const index = new Map<string, Subject[]>();
  for (const setting of settings) {
    const known = index.get(setting.key) ?? [];
    index.set(setting.key, known);
    known.push({ fields: setting, describe: () => describeSetting(setting) });
  }
  return index;
}

function ofOrigin(indexed: Indexed | undefined, origin: Origin | undefined): readonly Subject[] {
  if (indexed === undefined) return [];
  if (origin !== undefined) return indexed[origin];
  if (indexed.file.length === 0) return indexed.live;
  return indexed.live.length === 0 ? indexed.file : [...indexed.live, ...indexed.file];
}

function pluginName({ name, fields }: Entity): string {
  const own = fields["name"];
  return name ?? (typeof own === "string" ? own : "");
}

/** A plugin that is written below a route has no field `route`; what it hangs on nearest stands in for it. */
function fieldsOf({ kind, fields, parents }: Entity): unknown {
  const [nearest] = parents;
  if (kind !== "plugin" || nearest === undefined || (fields[nearest.kind] ?? null) !== null) return fields;
  return { ...fields, [nearest.kind]: { name: nearest.name } };
}

function fitting(names: Iterable<string>, name: string, pattern: (text: string) => RegExp): readonly string[] {
  const all = [...names];
  if (name === "*") return all;
  if (!name.startsWith("/") || !name.endsWith("/") || name.length < 3) return all.includes(name) ? [name] : [];
  const regex = pattern(name.slice(1, -1));
  return all.filter((one) => regex.test(one));
}

function remember<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
