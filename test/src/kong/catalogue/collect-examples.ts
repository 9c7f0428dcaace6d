import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Example } from "./example.ts";

const folder = join(import.meta.dirname, "examples");

/** All examples of the files in `examples`, whatever their exports are called. */
export async function collectExamples(): Promise<readonly Example[]> {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".ts")) : [];
  const modules = await Promise.all(files.map(readModule));
  return modules.flatMap((exported) => Object.values(exported)).flatMap((list) => asExamples(list));
}

async function readModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  const read: unknown = await import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href);
  return { ...(typeof read === "object" ? read : {}) };
}

function asExamples(exported: unknown): readonly Example[] {
  return Array.isArray(exported) ? exported.filter(isExample) : [];
}

/** The compiler checked the form where the example was written. */
function isExample(value: unknown): value is Example {
  return typeof value === "object" && value !== null && "hazard" in value && "hits" in value && "misses" in value;
}
