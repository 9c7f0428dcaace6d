import type { SourceText } from "#src/kong/inventory.ts";
import type { Context } from "./context.ts";
import { knownCustomPlugins } from "./known-custom-plugins.ts";
import type { KnownPlugin } from "./known-custom-plugins.ts";
import { priorityIn, versionIn } from "./lua.ts";
import type { Declared } from "./lua.ts";
import { visible } from "./shown-value.ts";
import { untold } from "./subject.ts";
import type { Subject, Subjects } from "./subject.ts";

/** What is known is all there is only where somebody listed the installed plugins. */
export function customPluginSubjects(context: Context): Subjects {
  return context.from("plugins", knownCustomPlugins(context).map(subjectOf));
}

function subjectOf(plugin: KnownPlugin): Subject {
  const handler = plugin.sources?.find(({ file }) => file.endsWith("handler.lua"));
  const priority = declaredIn(handler, priorityIn);
  const version = declaredIn(handler, versionIn);
  const file = fileOf(handler ?? plugin.sources?.[0]) ?? plugin.metAt?.file;
  const where = holderOf(handler) ?? plugin.metAt?.label ?? file;
  return {
    fields: {
      name: plugin.name,
      PRIORITY: plugin.priority ?? priority.value,
      VERSION: plugin.version ?? version.value,
      has_migrations: hasMigrations(plugin),
      language: plugin.language,
      data_plane_version: plugin.dataPlaneVersion ?? untold("plugins"),
    },
    describe: () => ({
      label: visible(`custom plugin ${plugin.name}${where === undefined ? "" : ` (${where})`}`),
      what: visible(`custom plugin ${plugin.name}`),
      name: plugin.name,
      file,
      line: priority.line ?? version.line ?? plugin.metAt?.line,
    }),
  };
}

/** The file that an editor can open. */
function fileOf(source: SourceText | undefined): string | undefined {
  return source?.within?.file ?? source?.file;
}

function holderOf(source: SourceText | undefined): string | undefined {
  return source?.within?.holder ?? source?.file;
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
