import type { Facts, PluginFacts, RouteFacts } from "#src/kong/facts.ts";

/** `route orders (uuid): /path` for every path of every route that the predicate hits. */
export function paths(facts: Facts, isHit: (path: string, route: RouteFacts) => boolean): readonly string[] {
  return facts.routes.flatMap((route) =>
    route.paths.filter((path) => isHit(path, route)).map((path) => `${nameRoute(route)}: ${path}`),
  );
}

/** `route orders (uuid)` for every route that the predicate hits. */
export function routes(facts: Facts, isHit: (route: RouteFacts) => boolean): readonly string[] {
  return facts.routes.filter((route) => isHit(route)).map((route) => nameRoute(route));
}

/** Every instance of the named plugins (all plugins where none are named) for which `describe` has something to say. */
export function plugins(
  facts: Facts,
  names: readonly string[],
  describe: (plugin: PluginFacts) => string | undefined,
): readonly string[] {
  return facts.plugins.flatMap((plugin) => {
    if (names.length > 0 && !names.includes(plugin.name)) return [];
    const said = describe(plugin);
    const state = plugin.enabled ? "" : ", disabled";
    return said === undefined ? [] : [`${plugin.name} on ${plugin.scope} (${plugin.id}${state}): ${said}`];
  });
}

/** Instances of the named plugins on which one of the fields (dotted paths in the configuration) is set. */
export function pluginFields(facts: Facts, names: readonly string[], fields: readonly string[]): readonly string[] {
  return plugins(facts, names, (plugin) => {
    const set = fields.filter((field) => isSet(fieldOf(plugin.config, field)));
    return set.length === 0 ? undefined : set.map((field) => `config.${field}`).join(", ");
  });
}

/** Instances of the named plugins that have a string anywhere in their configuration which matches. */
export function pluginText(facts: Facts, names: readonly string[], pattern: RegExp): readonly string[] {
  return plugins(facts, names, (plugin) => {
    const match = strings(plugin.config)
      .map((text) => pattern.exec(text)?.[0])
      .find((text) => text !== undefined);
    return match === undefined ? undefined : `contains \`${match}\``;
  });
}

/** `key = value` of every explicitly set kong.conf key that the predicate hits. */
export function settings(facts: Facts, isHit: (key: string, value: string) => boolean): readonly string[] {
  return Object.entries(facts.configuration)
    .filter(([key, value]) => isHit(key, value))
    .map(([key, value]) => `${key} = ${value}`);
}

/** One line when a key was not set explicitly, so that a new default takes hold; nothing where no kong.conf was read. */
export function leftAtDefault(facts: Facts, key: string): readonly string[] {
  const isRead = facts.sources.some(
    (source) => source.outcome.kind === "read" && source.name.endsWith(configurationSource),
  );
  return !isRead || Object.hasOwn(facts.configuration, key) ? [] : [`${key} is not set`];
}

/** How the source of `Facts.configuration` is called, after the node's name. */
export const configurationSource = "kong.conf";

/** The value at a dotted path of a plugin's configuration; undefined where there is none. */
export function fieldOf(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split(".")) {
    if (!isRecord(found)) return undefined;
    found = found[key];
  }
  return found;
}

/** Whether a field holds something: not null, not an empty text, list or object. */
export function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isRecord(value) || Object.keys(value).length > 0;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The name people know a route by, with its id. */
function nameRoute(route: RouteFacts): string {
  return route.name === undefined ? `route ${route.id}` : `route ${route.name} (${route.id})`;
}

function strings(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap((item) => strings(item));
  return isRecord(value) ? Object.values(value).flatMap((item) => strings(item)) : [];
}
