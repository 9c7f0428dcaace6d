import type { PlacedDocument, PlacedMap, PlacedNode, PlacedPair, PlacedScalar } from "./placed-node.ts";

/** What the fixes look for in a document, found in one walk through it. */
export interface Places {
  /** Every route, wherever it is nested. */
  readonly routes: readonly PlacedMap[];
  /** What aliases can stand for. */
  readonly anchors: ReadonlyMap<string, PlacedNode>;
  readonly formatVersions: readonly PlacedScalar[];
  /** Instances of each plugin on anything; in `_plugin_configs` none: a shared configuration has no name of a plugin. */
  readonly plugins: ReadonlyMap<string, readonly PlacedMap[]>;
  /** decK's `_plugin_configs`, which plugins name with `_config`. */
  readonly shared: readonly { readonly name: string; readonly config: PlacedNode }[];
}

/** A field of a plugin's configuration, with the map that holds it. */
export interface Field {
  readonly map: PlacedMap;
  readonly key: PlacedScalar;
  readonly value: PlacedNode;
  readonly name: string;
}

interface Found {
  readonly routes: PlacedMap[];
  readonly plugins: Map<string, PlacedMap[]>;
}

export function placesIn({ root, anchors }: PlacedDocument): Places {
  const found: Found = { routes: [], plugins: new Map() };
  walk(root, found);
  return { ...found, anchors, formatVersions: formatVersions(root), shared: sharedConfigurations(root) };
}

function walk(node: PlacedNode, found: Found): void {
  if (node.kind === "list") for (const item of node.items) walk(item, found);
  if (node.kind !== "map") return;
  for (const pair of node.pairs) {
    const key = keyOf(pair);
    if (key === "routes") takeRoutes(pair.value, found);
    else if (key === "plugins") takePlugins(pair.value, found);
    walk(pair.value, found);
  }
}

function takeRoutes(list: PlacedNode, { routes }: Found): void {
  for (const route of itemsOf(list)) if (route.kind === "map") routes.push(route);
}

function takePlugins(list: PlacedNode, { plugins }: Found): void {
  for (const plugin of itemsOf(list)) {
    const name = valueAt(plugin, "name");
    if (plugin.kind !== "map" || name?.kind !== "scalar") continue;
    const known = plugins.get(name.text);
    if (known === undefined) plugins.set(name.text, [plugin]);
    else known.push(plugin);
  }
}

function formatVersions(document: PlacedNode): readonly PlacedScalar[] {
  if (document.kind !== "map") return [];
  const values = document.pairs.filter((pair) => keyOf(pair) === "_format_version").map(({ value }) => value);
  return values.filter((value) => value.kind === "scalar");
}

function sharedConfigurations(document: PlacedNode): Places["shared"] {
  const shared = valueAt(document, "_plugin_configs");
  if (shared?.kind !== "map") return [];
  return shared.pairs.map((pair) => ({ name: keyOf(pair) ?? "", config: pair.value }));
}

/**
 * A field in every instance of a plugin, by its path from the plugin, e.g. `config.redis.host`; `*` stands for every key
 * of an object, `name[*]` for every object of a list.
 */
export function fieldsOf({ plugins }: Places, plugin: string, path: string): readonly Field[] {
  const names = path.split(".");
  return (plugins.get(plugin) ?? []).flatMap((instance) => fieldsBelow(instance, names, path));
}

/** A field in every shared configuration, each as if it were that of a plugin. */
export function sharedFieldsOf(
  { shared }: Places,
  path: string,
): readonly { readonly name: string; readonly field: Field }[] {
  const [first, ...names] = path.split(".");
  if (first !== "config" || names.length === 0) return [];
  return shared.flatMap(({ name, config }) => fieldsBelow(config, names, path).map((field) => ({ name, field })));
}

/** What stands at a path below a node, by the name that it has from the plugin. */
function fieldsBelow(node: PlacedNode, names: readonly string[], path: string): readonly Field[] {
  const last = names.at(-1) ?? "";
  const holders = names
    .slice(0, -1)
    .reduce<readonly PlacedNode[]>((found, name) => found.flatMap((one) => childrenOf(one, name)), [node]);
  return holders.flatMap((holder) => fieldsIn(holder, last, path));
}

function childrenOf(node: PlacedNode, name: string): readonly PlacedNode[] {
  const isEach = name.endsWith("[*]");
  const child = valueAt(node, isEach ? name.slice(0, -"[*]".length) : name);
  if (child === undefined) return [];
  return isEach ? itemsOf(child) : [child];
}

function fieldsIn(map: PlacedNode, wanted: string, name: string): readonly Field[] {
  if (map.kind !== "map") return [];
  return map.pairs.flatMap(({ key, value }) =>
    key.kind === "scalar" && (wanted === "*" || key.text === wanted) ? [{ map, key, value, name }] : [],
  );
}

/** The value of a key of a map; undefined where there is none. */
export function valueAt(node: PlacedNode, key: string): PlacedNode | undefined {
  return node.kind === "map" ? node.pairs.find((pair) => keyOf(pair) === key)?.value : undefined;
}

/** The items of a list; none for anything else. */
export function itemsOf(node: PlacedNode | undefined): readonly PlacedNode[] {
  return node?.kind === "list" ? node.items : [];
}

function keyOf({ key }: PlacedPair): string | undefined {
  return key.kind === "scalar" ? key.text : undefined;
}
