import type { KnownTexts } from "./known-texts.ts";
import type { Trouble } from "#src/discovery/files/trouble.ts";
import { isMapping, yamlParts } from "./parts.ts";

/** A document of a YAML stream that is a mapping, e.g. a Kubernetes object or Helm values. */
export interface MappingDocument {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Lines of the mappings in its outermost lists, e.g. of the objects of a Kubernetes `List`. */
  readonly itemLines: ReadonlyMap<unknown, number>;
}

export interface MappingDocuments {
  readonly documents: readonly MappingDocument[];
  readonly troubles: readonly Trouble[];
}

/** The documents of a text as a whole; for what is written by people or rendered from it, not for large lists. */
export function mappingDocuments(file: string, text: string, texts: KnownTexts): MappingDocuments {
  const documents: { line: number; fields: Record<string, unknown>; itemLines: Map<unknown, number> }[] = [];
  const troubles: Trouble[] = [];
  let list: unknown[] = [];
  for (const part of yamlParts(text, texts)) {
    const fields = documents.at(-1)?.fields ?? {};
    switch (part.kind) {
      case "document":
        documents.push({ line: part.line, fields: {}, itemLines: new Map() });
        break;
      case "key":
        // Stays empty for an empty list, which has no items; assigning __proto__ would replace the prototype.
        list = [];
        if (part.key !== "__proto__") fields[part.key] = list;
        break;
      case "item":
        if (fields[part.key] !== list) list = listOf(fields[part.key]).slice();
        if (part.key !== "__proto__") fields[part.key] = list;
        list.push(part.value);
        documents.at(-1)?.itemLines.set(part.value, part.lineOf(part.value) ?? part.line);
        break;
      case "value":
        if (part.key !== "__proto__") fields[part.key] = part.value;
        break;
      case "root":
        troubles.push(...trespassers(file, part));
        break;
      case "trouble":
        troubles.push({ file, line: part.line, text: part.text });
        break;
      case "remark":
        break;
    }
  }
  return { documents, troubles };
}

/** Rendered charts hold empty documents; anything else that is no mapping is wrong. */
function trespassers(
  file: string,
  { value, line }: { readonly value: unknown; readonly line: number },
): readonly Trouble[] {
  if (value === null || value === undefined) return [];
  return [{ file, line, text: "expected a mapping, found something else" }];
}

/** The value at a path of keys, undefined where any of them is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (!isMapping(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text, number or truth value as a text; undefined for anything else. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
