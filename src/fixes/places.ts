import { isMap, isPair, isScalar, isSeq, visit } from "yaml";
import type { Document, Pair, Scalar, YAMLMap } from "yaml";

/** A field of a plugin's configuration, with the map that holds it. */
export interface Field {
  readonly map: YAMLMap;
  readonly pair: Pair<Scalar>;
  readonly name: string;
}

/** Every `paths` entry of a route, wherever the route is nested. */
export function routePaths(document: Document): readonly Scalar[] {
  const found: Scalar[] = [];
  visit(document, {
    Pair: (_, pair) => {
      if (keyOf(pair) !== "routes" || !isSeq(pair.value)) return undefined;
      for (const route of pair.value.items) {
        const paths = isMap(route) ? route.get("paths", true) : undefined;
        if (isSeq(paths)) for (const path of paths.items) if (isScalar(path)) found.push(path);
      }
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

export function fieldsOf(document: Document, plugin: string, path: string): readonly Field[] {
  return pluginsOf(document, plugin).flatMap((instance) => {
    let map: unknown = instance.get("config", true);
    const names = path.split(".");
    for (const name of names.slice(0, -1)) map = isMap(map) ? map.get(name, true) : undefined;
    if (!isMap(map)) return [];
    const holder = map;
    return holder.items
      .filter((pair): pair is Pair<Scalar> => isPair(pair) && keyOf(pair) === names.at(-1) && isScalar(pair.key))
      .map((pair) => ({ map: holder, pair, name: path }));
  });
}

function keyOf(pair: { readonly key: unknown }): unknown {
  return isScalar(pair.key) ? pair.key.value : undefined;
}

export function hasRange(range: unknown): range is readonly [number, number, number] {
  return Array.isArray(range) && typeof range[0] === "number" && typeof range[1] === "number";
}
