import { isMap, isPair, isScalar, isSeq, visit } from "yaml";
import type { Document, Pair, Scalar, YAMLMap } from "yaml";

/** A field of a plugin's configuration, with the map that holds it. */
export interface Field {
  readonly map: YAMLMap;
  readonly pair: Pair<Scalar>;
  readonly name: string;
}

/** Every route, wherever it is nested. */
export function routesOf(document: Document): readonly YAMLMap[] {
  const found: YAMLMap[] = [];
  visit(document, {
    Pair: (_, pair) => {
      if (keyOf(pair) !== "routes" || !isSeq(pair.value)) return undefined;
      for (const route of pair.value.items) if (isMap(route)) found.push(route);
      return undefined;
    },
  });
  return found;
}

export function formatVersions(document: Document): readonly Pair<Scalar>[] {
  const { contents } = document;
  return isMap(contents)
    ? contents.items.filter((pair): pair is Pair<Scalar> => keyOf(pair) === "_format_version")
    : [];
}

/** Shared configurations of decK, which plugins name with `_config`, each as if it were that of a plugin. */
export function sharedFieldsOf(
  document: Document,
  path: string,
): readonly { readonly name: string; readonly field: Field }[] {
  const shared = isMap(document.contents) ? document.contents.get("_plugin_configs", true) : undefined;
  if (!isMap(shared) || !path.startsWith("config.")) return [];
  return shared.items.flatMap(({ key, value }) =>
    fieldsBelow(value, path.slice("config.".length), path).map((field) => ({
      name: isScalar(key) ? String(key.value) : "",
      field,
    })),
  );
}

/** Instances of a plugin on anything, and in `_plugin_configs` none: a shared configuration has no name of a plugin. */
export function pluginsOf(document: Document, name: string): readonly YAMLMap[] {
  const found: YAMLMap[] = [];
  visit(document, {
    Pair: (_, pair) => {
      if (keyOf(pair) !== "plugins" || !isSeq(pair.value)) return undefined;
      for (const plugin of pair.value.items) if (isMap(plugin) && plugin.get("name") === name) found.push(plugin);
      return undefined;
    },
  });
  return found;
}

/**
 * A field in every instance of a plugin, by its path from the plugin, e.g. `config.redis.host`; `*` stands for every key
 * of an object, `name[*]` for every object of a list.
 */
export function fieldsOf(document: Document, plugin: string, path: string): readonly Field[] {
  return pluginsOf(document, plugin).flatMap((instance) => fieldsBelow(instance, path, path));
}

/** What stands at a path below a node, by the name that it has from the plugin. */
function fieldsBelow(node: unknown, path: string, name: string): readonly Field[] {
  const names = path.split(".");
  const holders = names
    .slice(0, -1)
    .reduce<readonly unknown[]>((found, part) => found.flatMap((one) => childrenOf(one, part)), [node]);
  return holders.flatMap((holder) => (isMap(holder) ? pairsOf(holder, names.at(-1) ?? "", name) : []));
}

function childrenOf(node: unknown, name: string): readonly unknown[] {
  if (!isMap(node)) return [];
  const [, list] = /^(.*)\[\*\]$/u.exec(name) ?? [];
  const child: unknown = node.get(list ?? name, true);
  if (list === undefined) return [child];
  return isSeq(child) ? child.items : [];
}

function pairsOf(map: YAMLMap, name: string, path: string): readonly Field[] {
  return map.items
    .filter(
      (pair): pair is Pair<Scalar> => isPair(pair) && isScalar(pair.key) && (name === "*" || keyOf(pair) === name),
    )
    .map((pair) => ({ map, pair, name: path }));
}

function keyOf(pair: { readonly key: unknown }): unknown {
  return isScalar(pair.key) ? pair.key.value : undefined;
}

export function hasRange(range: unknown): range is readonly [number, number, number] {
  return Array.isArray(range) && typeof range[0] === "number" && typeof range[1] === "number";
}
