import { basename, dirname } from "node:path";
import type { CustomPlugin, PluginLanguage } from "#src/kong/inventory.ts";
import type { FoundText } from "./source-texts.ts";

/** What tells a plugin for a plugin server from other code beside it (Kong/go-pdk, Kong/kong-js-pdk, Kong/kong-python-pdk). */
interface Language {
  readonly name: PluginLanguage;
  readonly file: RegExp;
  readonly isPlugin: (text: string) => boolean;
  readonly priority: RegExp;
  readonly version: RegExp;
}

const script = {
  priority: /\bPriority\s*[:=]\s*(-?\d{1,9})\b/u,
  version: /\bVersion\s*[:=]\s*["'`]([^"'`\n]{1,100})["'`]/u,
} as const;

const languages: readonly Language[] = [
  {
    name: "Go",
    file: /(?<!_test)\.go$/u,
    isPlugin: (text) => /^package\s+main\b/mu.test(text) && /"github\.com\/Kong\/go-pdk\b/iu.test(text),
    priority: /\bPriority\b(?:\s+int)?\s*=\s*(-?\d{1,9})\b/u,
    version: /\bVersion\b(?:\s+string)?\s*=\s*["`]([^"`\n]{1,100})["`]/u,
  },
  {
    name: "JavaScript",
    file: /(?<!\.d|\.test|\.spec)\.(?:[cm]?js|ts)$/u,
    isPlugin: (text) =>
      /["']kong-pdk\b/u.test(text) ||
      (/\bexports\b|\bexport\b/u.test(text) && /\bPlugin\b/u.test(text) && /\bSchema\b/u.test(text)),
    ...script,
  },
  {
    name: "Python",
    file: /(?<!_test)\.py$/u,
    isPlugin: (text) => /^Schema\s*=/mu.test(text) && /^class\s+Plugin\b/mu.test(text),
    ...script,
  },
];

/** Whether a file of that name may be a plugin in another language than Lua. */
export function mayBeForeign(name: string): boolean {
  return languages.some(({ file }) => file.test(name));
}

/** Plugins for plugin servers, in Go, JavaScript (or TypeScript) and Python. Their servers call them after their files. */
export function foreignPlugins(texts: readonly FoundText[]): readonly CustomPlugin[] {
  const byName = new Map<string, CustomPlugin>();
  for (const { file, text } of texts) {
    const language = languages.find((one) => one.file.test(file) && one.isPlugin(text));
    if (language === undefined) continue;
    const name = nameOf(file);
    const known = byName.get(name);
    const priority = language.priority.exec(text)?.[1];
    const version = language.version.exec(text)?.[1];
    byName.set(name, {
      ...(priority === undefined ? {} : { priority: Number(priority) }),
      ...(version === undefined ? {} : { version }),
      ...known,
      name,
      language: language.name,
      sources: [...(known?.sources ?? []), { file, text }],
    });
  }
  return [...byName.values()];
}

/** Says of a plugin why it is not judged like one in Lua. */
export function notJudged({ name, language, sources }: CustomPlugin): string {
  const where = sources.map(({ file }) => file).join(", ");
  return `${where}: plugin ${name} is written in ${language ?? "another language"}, and hazards of code are known for Lua only`;
}

/** `hello.go` and `hello/main.go` are both hello. */
function nameOf(file: string): string {
  const own = basename(file).replace(/\.[^.]+$/u, "");
  return ["main", "index", "plugin", "__init__"].includes(own) ? basename(dirname(file)) : own;
}
