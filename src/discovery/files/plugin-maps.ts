import { basename, dirname, join } from "node:path";
import { valuesOfKong } from "#src/kong/chart-values.ts";
import type { CustomPlugin, HelmRelease, Place, SourceText } from "#src/kong/inventory.ts";
import { redactCode } from "#src/discovery/redact.ts";
import { bounds } from "./bounds.ts";
import { pluginFrom } from "./custom-plugins.ts";
import type { FileLines } from "./embedded-lines.ts";
import type { Trouble } from "./trouble.ts";
import { isMapping } from "#src/discovery/files/yaml/parts.ts";
import { at, listOf, textAt } from "#src/discovery/files/yaml/mapping-documents.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A config map or secret that holds Lua, as plugins get into a cluster (Kong/charts, charts/kong/README.md, custom plugins). */
export interface LuaMap {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  readonly place: Place;
  /** Sources by their keys. */
  readonly texts: readonly { readonly key: string; readonly text: SourceText }[];
  /** Sources beyond the bounds, which were not read. */
  readonly left: number;
}

/** Which config map or secret lies where in a container, below the folder `kong/plugins`. */
export interface PluginMount {
  readonly map: string;
  readonly plugin: string;
  /** Inside the plugin, e.g. `migrations`; empty for the plugin itself. */
  readonly folder: string;
}

interface Found {
  readonly place: { readonly file: string; readonly line: number };
  readonly lines: FileLines;
}

/** More sources than any plugin has: a map is 1 MiB at most (Kubernetes docs, ConfigMaps). */
const mostTexts = 200;

/** The Lua in a config map or secret; undefined where there is none. */
export function luaMapOf(kind: LuaMap["kind"], fields: Fields, { place, lines }: Found): LuaMap | undefined {
  const name = textAt(fields, "metadata", "name") ?? "";
  const namespace = textAt(fields, "metadata", "namespace");
  const holder = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  // Keys come in the order of their lines.
  let from = place.line;
  const all = luaIn(kind, fields);
  const read = all.filter(({ text }) => text.length <= bounds.sourceBytes).slice(0, mostTexts);
  const texts = read.map(({ key, text }) => {
    const found = linesIn(lines, from, key);
    from = found.line;
    return { key, text: { file: key, text, within: { file: place.file, holder: `${key} in ${holder}`, ...found } } };
  });
  return all.length === 0 ? undefined : { kind, name, place, texts, left: all.length - read.length };
}

function luaIn(kind: LuaMap["kind"], fields: Fields): readonly { readonly key: string; readonly text: string }[] {
  return ["data", "stringData"].flatMap((part) => {
    const isEncoded = kind === "Secret" && part === "data";
    return Object.entries(mappingIn(fields, part)).flatMap(([key, value]) => {
      if (!key.endsWith(".lua") || typeof value !== "string") return [];
      return [{ key, text: isEncoded ? redactCode(Buffer.from(value, "base64").toString("utf8")) : value }];
    });
  });
}

function mappingIn(fields: Fields, key: string): Fields {
  const value = fields[key];
  return isMapping(value) ? value : {};
}

/** Below `key: |` a text has the lines of its file; in quotes or encoded it has one. */
function linesIn(
  lines: FileLines,
  from: number,
  key: string,
): { readonly line: number; readonly lines: "own" | "one" } {
  let isBlock = false;
  const line = lines.find(from, (text) => {
    if (!text.includes(key)) return false;
    const [, name, rest = ""] = /^\s*["']?([^"':]+)["']?\s*:(.*)$/u.exec(text) ?? [];
    if (name !== key) return false;
    isBlock = /^\s*(?:[&!]\S+\s+)*\|[-+\d]*\s*(?:#.*)?$/u.test(rest);
    return true;
  });
  return isBlock ? { line: line + 1, lines: "own" } : { line, lines: "one" };
}

/** `…/kong/plugins/<name>[/<folder>]`; a single file may be mounted too. */
const pluginPath = /\/kong\/plugins\/([\w.-]+)(?:\/(.+?))?\/?$/u;

/** What the containers of a pod mount as plugins. */
export function mountsOfPod(pod: unknown): readonly PluginMount[] {
  const volumes = new Map<string, string>();
  for (const volume of listOf(at(pod, "volumes"))) {
    const map = textAt(volume, "configMap", "name") ?? textAt(volume, "secret", "secretName");
    const name = textAt(volume, "name");
    if (map !== undefined && name !== undefined) volumes.set(name, map);
  }
  return [...listOf(at(pod, "containers")), ...listOf(at(pod, "initContainers"))]
    .flatMap((container) => listOf(at(container, "volumeMounts")))
    .flatMap((mount): readonly PluginMount[] => {
      const map = volumes.get(textAt(mount, "name") ?? "");
      const [, plugin, inside = ""] = pluginPath.exec(textAt(mount, "mountPath") ?? "") ?? [];
      if (map === undefined || plugin === undefined) return [];
      const folder = inside.endsWith(".lua") ? dirname(inside) : inside;
      return [{ map, plugin, folder: folder === "." ? "" : folder }];
    });
}

/** What values of Kong's chart mount as plugins (Kong/charts, charts/kong/values.yaml, `plugins`). */
export function mountsOfRelease({ values }: HelmRelease): readonly PluginMount[] {
  const plugins = at(valuesOfKong(values), "plugins");
  return [...listOf(at(plugins, "configMaps")), ...listOf(at(plugins, "secrets"))].flatMap((given) => {
    const [map, plugin] = [textAt(given, "name"), textAt(given, "pluginName")];
    if (map === undefined || plugin === undefined) return [];
    const below = listOf(at(given, "subdirectories")).flatMap((sub): readonly PluginMount[] => {
      const [name, folder] = [textAt(sub, "name"), textAt(sub, "path")];
      return name === undefined || folder === undefined ? [] : [{ map: name, plugin, folder }];
    });
    return below.concat({ map, plugin, folder: "" });
  });
}

/** Plugins that lie in config maps and secrets, and those of which nobody knows what they are for. */
export function pluginsInMaps(
  maps: readonly LuaMap[],
  mounts: readonly PluginMount[],
): { readonly plugins: readonly CustomPlugin[]; readonly notes: readonly Trouble[] } {
  const byPlugin = new Map<string, Map<string, SourceText>>();
  const notes: Trouble[] = [];
  for (const map of maps) {
    const found = mounts.filter((mount) => mount.map === map.name);
    const places = found.length > 0 ? found : guessed(map);
    if (map.left > 0) {
      const text = `${map.kind} ${map.name} holds more or longer Lua than any plugin: ${map.left} of its sources were not judged`;
      notes.push({ file: map.place.file, line: map.place.line, text });
    }
    if (places.length === 0) {
      const text = `${map.kind} ${map.name} holds Lua that nothing here mounts as a plugin; it was not judged`;
      notes.push({ file: map.place.file, line: map.place.line, text });
    }
    for (const { plugin, folder } of places) {
      const sources = byPlugin.get(plugin) ?? new Map<string, SourceText>();
      byPlugin.set(plugin, sources);
      for (const { key, text } of map.texts) {
        const file = join("kong/plugins", plugin, folder, basename(key));
        sources.set(`${file} ${map.name}`, { ...text, file });
      }
    }
  }
  return { plugins: [...byPlugin].map(([name, sources]) => pluginFrom(name, [...sources.values()])), notes };
}

/** Without the workload that mounts it, a plugin is called like its map, which Kong's documents call `kong-plugin-<name>`. */
function guessed({ name, texts }: LuaMap): readonly PluginMount[] {
  const isPlugin = texts.some(({ key }) => key === "handler.lua" || key === "schema.lua");
  return isPlugin ? [{ map: name, plugin: name.replace(/^kong-plugin-/u, ""), folder: "" }] : [];
}
