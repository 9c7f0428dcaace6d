import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** One file of the project by its path from the root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What a file asks for: a path from the root for own files, else the name of a package or of a part of Node. */
interface Import {
  readonly target: string;
  readonly isOwn: boolean;
  /** Erased before it runs, so it can neither cause a cycle nor load anything. */
  readonly isTypeOnly: boolean;
}

export const root: string = join(import.meta.dirname, "..", "..");

/** All TypeScript and JavaScript under these folders. */
export function readSources(...folders: readonly string[]): readonly SourceFile[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,js}`, { cwd: root }))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** Static imports, re-exports and literal dynamic imports; found without a parser, so the compiler's version does not matter. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const code = withoutComments(text);
  const statements = [...code.matchAll(/^(?:import|export)\s(?:([^;"'`=()]*?)\sfrom\s*)?["']([^"']+)["']/gmu)];
  const dynamic = [...code.matchAll(/\bimport\(\s*["']([^"']+)["']/gu)];
  return [
    ...statements.map(([, clause = "", specifier = ""]) =>
      resolve(path, specifier, clause.trimStart().startsWith("type ")),
    ),
    ...dynamic.map(([, specifier = ""]) => resolve(path, specifier, false)),
  ];
}

/** Comments may speak of what code may not do. */
export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//gu, "").replaceAll(/(^|\s)\/\/.*$/gmu, "$1");
}

/** `bullmq` of `bullmq/thing`, `@slack/bolt` of `@slack/bolt/dist`; parts of Node keep their whole name. */
export function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function resolve(from: string, specifier: string, isTypeOnly: boolean): Import {
  if (specifier.startsWith("#")) return { target: specifier.slice(1), isOwn: true, isTypeOnly };
  if (specifier.startsWith(".")) {
    return { target: posix.join(posix.dirname(from), specifier), isOwn: true, isTypeOnly };
  }
  return { target: specifier, isOwn: false, isTypeOnly };
}
