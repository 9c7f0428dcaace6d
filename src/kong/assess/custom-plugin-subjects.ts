import type { CustomPlugin, SourceText } from "#src/kong/inventory.ts";
import { isBundled } from "#src/kong/bundled-plugins.ts";
import { editionOf } from "#src/kong/releases.ts";
import type { Context } from "./context.ts";
import { priorityIn, versionIn } from "./lua.ts";
import type { Declared } from "./lua.ts";
import { visible } from "./shown-value.ts";
import { untold } from "./subject.ts";
import type { Subject, Subjects } from "./subject.ts";

/** A custom plugin of which somebody told at least the name. */
export type KnownPlugin = Omit<CustomPlugin, "sources"> & Partial<Pick<CustomPlugin, "sources">>;

/** Plugins that Kong does not ship in the running version: by their sources, and by the list of what is installed. */
export function knownCustomPlugins({ inventory, hop }: Context): readonly KnownPlugin[] {
  const named = new Set(inventory.customPlugins.map(({ name }) => name));
  const installed = inventory.installedPlugins.filter(
    ({ name }) => !named.has(name) && !isBundled(name, hop.from, editionOf(hop.from)),
  );
  return [...inventory.customPlugins, ...installed];
}

export function customPluginSubjects(context: Context): Subjects {
  return context.from("plugins", knownCustomPlugins(context).map(subjectOf));
}

function subjectOf(plugin: KnownPlugin): Subject {
  const handler = plugin.sources?.find(({ file }) => file.endsWith("handler.lua"));
  const priority = declaredIn(handler, priorityIn);
  const version = declaredIn(handler, versionIn);
  return {
    fields: {
      name: plugin.name,
      PRIORITY: plugin.priority ?? priority.value,
      VERSION: plugin.version ?? version.value,
      has_migrations: hasMigrations(plugin),
      data_plane_version: plugin.dataPlaneVersion ?? untold("plugins"),
    },
    describe: () => ({
      label: visible(`custom plugin ${plugin.name}${handler === undefined ? "" : ` (${handler.file})`}`),
      what: visible(`custom plugin ${plugin.name}`),
      name: plugin.name,
      file: handler?.file,
      line: priority.line ?? version.line,
    }),
  };
}

function declaredIn<Value>(
  handler: SourceText | undefined,
  read: (handler: SourceText) => Declared<Value>,
): { readonly value: unknown; readonly line?: number } {
  if (handler === undefined) return { value: untold("sources") };
  const declared = read(handler);
  if (declared === undefined) return { value: undefined };
  return declared === "computed" ? { value: untold("sources") } : declared;
}

function hasMigrations({ hasMigrations: told, sources = [] }: KnownPlugin): unknown {
  if (told !== undefined) return told;
  return sources.length === 0 ? untold("sources") : sources.some(({ file }) => file.includes("/migrations/"));
}
