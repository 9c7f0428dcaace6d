import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { KongFailure } from "#practice/kong/cli/failure.ts";
import type { KongVersion } from "#practice/kong/versions/version.ts";
import { entityFields } from "./entity-fields.ts";

/** One entity of a file, freed of its nesting; references hold ids. */
export interface DeclaredEntity {
  readonly kind: string;
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const record = z.record(z.string(), z.unknown());
type Problems = readonly string[];

/**
 * Reads a declarative file and reports everything wrong with it as the tree that Kong prints (transcript 15). Checked are
 * the format version, the kinds of entity, unknown and missing fields; not the values of the fields.
 * @throws KongFailure when the file is missing or wrong.
 */
export function readDeclarativeFile(path: string, version: KongVersion): readonly DeclaredEntity[] {
  if (!existsSync(path)) throw new KongFailure(`Failed parsing:\n${path}: No such file or directory`);
  const document = parseDocument(readFileSync(path, "utf8"));
  const problems: string[] = [];
  const { accepts } = version.declarative;
  if (!accepts.includes(String(document["_format_version"]))) {
    problems.push(`in '_format_version': expected one of: ${accepts.join(", ")}`);
  }
  const found: DeclaredEntity[] = [];
  for (const [key, content] of Object.entries(document)) {
    if (key.startsWith("_")) continue;
    if (entityFields[key] === undefined) problems.push(`in '${key}': unknown field`);
    else problems.push(...collect({ kind: key, content, parent: undefined }, found));
  }
  if (problems.length > 0) throw new KongFailure(`Failed parsing:\n${problems.join("\n")}`);
  return resolveNames(found);
}

/** The `_format_version` of a file that {@link readDeclarativeFile} accepts. */
export function formatVersionOf(path: string): string {
  return String(parseDocument(readFileSync(path, "utf8"))["_format_version"]);
}

interface Section {
  readonly kind: string;
  readonly content: unknown;
  readonly parent: { readonly field: string; readonly id: string } | undefined;
}

function collect(section: Section, found: DeclaredEntity[]): Problems {
  const entries = z.array(record).safeParse(section.content ?? []);
  if (!entries.success) return [`in '${section.kind}': expected an array`];
  const problems: string[] = [];
  for (const [index, entry] of entries.data.entries()) {
    const inside = collectEntry(section, entry, found);
    if (inside.length > 0) problems.push(`  - in entry ${index + 1} of '${section.kind}':`);
    for (const line of inside) problems.push(`    ${line}`);
  }
  return problems.length === 0 ? [] : [`in '${section.kind}':`, ...problems];
}

function collectEntry(section: Section, entry: Readonly<Record<string, unknown>>, found: DeclaredEntity[]): Problems {
  const definition = entityFields[section.kind];
  if (definition === undefined) return [`in '${section.kind}': unknown field`];
  const problems: string[] = [];
  const rawId = entry["id"];
  const id = typeof rawId === "string" ? rawId : randomUUID();
  const values: Record<string, unknown> =
    section.parent === undefined ? {} : { [section.parent.field]: section.parent.id };
  for (const [field, value] of Object.entries(entry)) {
    const reference = definition.nested[field];
    if (reference !== undefined) {
      problems.push(...collect({ kind: field, content: value, parent: { field: reference, id } }, found));
    } else if (definition.fields.includes(field) || field in definition.references) {
      values[field] = value;
    } else {
      problems.push(`in '${field}': unknown field`);
    }
  }
  for (const field of definition.required) {
    if (entry[field] === undefined || entry[field] === null) problems.push(`in '${field}': required field missing`);
  }
  found.push({ kind: section.kind, id, values: { ...values, id } });
  return problems;
}

/** A reference may be an id, a name, or an object with either. */
function resolveNames(entities: readonly DeclaredEntity[]): readonly DeclaredEntity[] {
  const idsByName = new Map(
    entities.map(({ kind, id, values }) => [`${kind}/${String(values["name"] ?? values["username"])}`, id]),
  );
  return entities.map((entity) => {
    const references = entityFields[entity.kind]?.references ?? {};
    const values = Object.fromEntries(
      Object.entries(entity.values).map(([field, value]) => {
        const kind = references[field];
        if (kind === undefined) return [field, value];
        const named = nameOf(value);
        return [field, idsByName.get(`${kind}/${named}`) ?? named];
      }),
    );
    return { ...entity, values };
  });
}

function nameOf(value: unknown): string {
  const asObject = record.safeParse(value);
  return asObject.success ? String(asObject.data["id"] ?? asObject.data["name"]) : String(value);
}

function parseDocument(text: string): Readonly<Record<string, unknown>> {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (error) {
    throw new KongFailure(`Failed parsing:\nfailed parsing declarative configuration: ${String(error)}`, {
      cause: error,
    });
  }
  const document = record.safeParse(raw);
  if (!document.success) throw new KongFailure("Failed parsing:\nexpected an object");
  return document.data;
}
