import type { Input, SourceText } from "#src/kong/inventory.ts";
import type { Context } from "./context.ts";
import { knownCustomPlugins } from "./known-custom-plugins.ts";
import { fitsGlob } from "./glob.ts";
import { visible } from "./shown-value.ts";
import type { Subject, Subjects } from "./subject.ts";

type TextKind = "nginx_template" | "client" | "metrics_consumer" | "cli";

/** The texts that a kind of condition searches. */
export function textSubjects(kind: TextKind, context: Context): Subjects {
  const { inventory } = context;
  switch (kind) {
    case "nginx_template":
      return asSubjects(inventory.templates, "template", context);
    case "metrics_consumer":
      return asSubjects(inventory.dashboards, "dashboards", context);
    default:
      return context.from("scripts", inventory.scripts.map(context.script));
  }
}

/**
 * The sources of custom plugins whose file name fits. A plugin without sources may hold anything, one in another language
 * may do what is looked for in Lua, and where nobody listed
 * the plugins there may be more of them.
 */
export function sourceSubjects(glob: string, context: Context): Subjects {
  const plugins = knownCustomPlugins(context);
  const texts = plugins.flatMap(({ sources = [] }) => sources).filter(({ file }) => fitsGlob(file, glob));
  const subjects = asSubjects(texts, "sources", context);
  if (subjects.isComplete && !context.isRead("plugins")) return { ...subjects, input: "plugins", isComplete: false };
  const isWhole = plugins.every(
    ({ sources = [], language }) => sources.length > 0 && (language === undefined || !isLua(glob)),
  );
  return isWhole ? subjects : { ...subjects, isComplete: false };
}

function isLua(glob: string): boolean {
  return glob.endsWith(".lua");
}

/** Declarative files and scripts by their names. */
export function fileSubjects({ inventory, from }: Context): Subjects {
  const names = [...inventory.declarativeFiles, ...inventory.scripts].map(({ file }) => file);
  const all = names.map((file): Subject => ({
    fields: file,
    describe: () => ({ label: "file", what: "file", file }),
  }));
  return from("declarative", all);
}

/** Declarative files as a whole: their top-level keys, and `_format_version` with its value. */
export function declarativeSubjects({ inventory, from }: Context): Subjects {
  const all = inventory.declarativeFiles.map((declarative): Subject => {
    const keys = declarative.topLevel.map(({ key }) => [key, "…"] as const);
    return {
      fields: {
        ...Object.fromEntries(keys),
        _format_version: declarative.formatVersion,
        duplicates: declarative.duplicateKeys,
      },
      placeOf: (field) => declarative.topLevel.find(({ key }) => key === field),
      describe: () => ({ label: visible(declarative.file), what: "declarative file", file: declarative.file }),
    };
  });
  return from("declarative", all);
}

function asSubjects(texts: readonly SourceText[], input: Input, { text, from }: Context): Subjects {
  return from(
    input,
    texts.map((one) => text(one)),
  );
}
