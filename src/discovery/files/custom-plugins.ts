import { basename, dirname, join, normalize, resolve } from "node:path";
import type { CustomPlugin, SourceText } from "#src/kong/inventory.ts";
import { luaCode } from "#src/kong/lua-code.ts";
import { redactCode } from "#src/discovery/redact.ts";
import { foreignPlugins, mayBeForeign } from "./foreign-plugins.ts";
import { readTexts } from "./source-texts.ts";
import type { FoundText } from "./source-texts.ts";
import type { ByteBudget } from "./text-file.ts";
import type { Trouble } from "./trouble.ts";

export interface PluginsReading {
  readonly plugins: readonly CustomPlugin[];
  readonly troubles: readonly Trouble[];
}

/**
 * Reads the sources of custom plugins below folders, whichever of the usual layouts they have: those in Lua, and those
 * that plugin servers run.
 */
export async function readCustomPlugins(folders: readonly string[], budget: ByteBudget): Promise<PluginsReading> {
  const { texts, troubles } = await readTexts(
    { paths: folders, fits: isSource, clean: redactCode, expected: "the source of a plugin" },
    budget,
  );
  const inLua = pluginsOf(texts.map((text) => (text.file === text.given ? inItsFolder(text) : text)));
  const plugins = [...inLua, ...foreignPlugins(texts)];
  const isNothing = plugins.length === 0 && texts.length > 0;
  const missing = {
    file: folders.join(", "),
    text: "holds no plugin: no kong/plugins/<name>/handler.lua or schema.lua, no folder with these, no rockspec with kong.plugins.… modules, and no plugin for a plugin server in Go, JavaScript or Python",
  };
  return { plugins, troubles: isNothing ? [...troubles, missing] : troubles };
}

/** A source that was named itself belongs to the plugin of its folder, as if that had been named. */
function inItsFolder(text: FoundText): FoundText {
  return { ...text, given: dirname(text.file) };
}

function isSource(name: string): boolean {
  return name.endsWith(".lua") || name.endsWith(".rockspec") || mayBeForeign(name);
}

/** Sources by plugin, in the order in which plugins were met. */
function pluginsOf(texts: readonly FoundText[]): readonly CustomPlugin[] {
  const rocks = rockspecModules(texts);
  const folders = pluginFolders(texts);
  const byName = Map.groupBy(
    texts.filter(({ file }) => file.endsWith(".lua")),
    (text) => rocks.get(keyOf(text.given, text.inside)) ?? nameOf(text, folders) ?? "",
  );
  byName.delete("");
  return [...byName].map(([name, sources]) =>
    pluginFrom(
      name,
      sources.map(({ file, text }) => ({ file, text })),
    ),
  );
}

function keyOf(given: string, file: string): string {
  return join(given, normalize(file));
}

/** Files that a rockspec installs as modules of a plugin: `["kong.plugins.<name>.handler"] = "path"`. */
function rockspecModules(texts: readonly FoundText[]): ReadonlyMap<string, string> {
  const modules = new Map<string, string>();
  for (const { inside, text, given } of texts) {
    if (!inside.endsWith(".rockspec")) continue;
    for (const match of text.matchAll(/["']kong\.plugins\.([\w-]+)\.[\w.-]+["']\s*\]?\s*=\s*["']([^"'\n]+)["']/gu)) {
      const [, name = "", path = ""] = match;
      modules.set(keyOf(given, join(dirname(inside), path)), name);
    }
  }
  return modules;
}

/** Folders that are a plugin by what lies in them. */
function pluginFolders(texts: readonly FoundText[]): ReadonlySet<string> {
  const entries = texts.filter(({ inside }) => ["handler.lua", "schema.lua"].includes(basename(inside)));
  return new Set(entries.map(({ given, inside }) => dirname(keyOf(given, inside))));
}

function nameOf({ inside, given }: FoundText, folders: ReadonlySet<string>): string | undefined {
  const inTree = /(?:^|\/)kong\/plugins\/([^/]+)\/[^]/u.exec(`${given}/${inside}`.replaceAll("\\", "/"))?.[1];
  if (inTree !== undefined) return inTree;
  // The nearest folder around the file that is a plugin.
  let folder = dirname(keyOf(given, inside));
  for (let depth = inside.split("/").length; depth > 0; depth -= 1) {
    if (folders.has(folder)) return basename(resolve(folder));
    folder = dirname(folder);
  }
  return undefined;
}

/** A plugin in Lua with what its handler says about it in plain words. */
export function pluginFrom(name: string, sources: readonly SourceText[]): CustomPlugin {
  const handler = sources.find(({ file }) => basename(file) === "handler.lua");
  const code = handler === undefined ? "" : luaCode(handler.text);
  const priority = /\bPRIORITY\s*(?:"\s*\]\s*|'\s*\]\s*)?=\s*(-?\d+(?:\.\d+)?)\s*(?:[,;}\n]|$)/u.exec(code)?.[1];
  const version = /\bVERSION\s*(?:"\s*\]\s*|'\s*\]\s*)?=\s*["']([^"'\n]+)["']/u.exec(code)?.[1];
  return {
    name,
    ...(priority === undefined ? {} : { priority: Number(priority) }),
    ...(version === undefined ? {} : { version }),
    hasMigrations: sources.some(({ file }) => /(?:^|\/)migrations\/init\.lua$/u.test(file)),
    sources,
  };
}
