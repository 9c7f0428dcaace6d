import type { Leaf, Test } from "#src/kong/catalogue/condition.ts";
import { priorityOf as bundledPriorityOf } from "#src/kong/bundled-plugins.ts";
import type { Context } from "./context.ts";
import { fieldAliases } from "./field-aliases.ts";
import { isRecord, valueAt, visitFields } from "./field-path.ts";
import { hitAt, hitsAt } from "./hit.ts";
import { pathOf } from "./leaf-test.ts";
import { daosTable } from "./lua.ts";
import { looksLikeRegex, regexFields } from "./regex-fields.ts";
import type { Judge, Scope } from "./scope.ts";
import { inputThatTells } from "./subject.ts";
import { fails, openBecause } from "./verdict.ts";
import type { Place, Verdict } from "./verdict.ts";

/** Judges the tests that look at an object as a whole; undefined for the tests of a single value. */
export function objectJudge(leaf: Leaf, test: Test, context: Context, list: string | undefined): Judge | undefined {
  const path = pathOf(leaf) ?? "";
  switch (test.predicate) {
    case "has_duplicates":
      return (scope) => duplicates(path, scope, context);
    case "key_matches":
      return keysJudge(path, test.value, context);
    case "looks_like_regex":
      return list === path ? regexElement : (scope) => regexes(scope, context);
    case "alias_mismatch":
      return aliases;
    case "differs_from":
      return (scope) => difference(path, test.value, scope);
    case "dao_table_is_hash":
      return daos;
    case "has_duplicate_keys":
      return duplicateKeys;
    case "order_changes_against":
      return (scope) => orderChanges(test.value, scope, context);
    case "equals_bundled":
      return (scope) => equalsBundled(scope, context);
    case "major_differs_between_cp_and_dp":
      return majorDiffers;
    default:
      return undefined;
  }
}

function duplicates(path: string, { subject }: Scope, context: Context): Verdict {
  const found = new Map<unknown, string[]>();
  visitFields(subject.fields, context.path(path), (value, _, at) => {
    if (value === undefined || value === null) return;
    const paths = found.get(value) ?? [];
    paths.push(at());
    found.set(value, paths);
  });
  const twice = [...found].filter(([, paths]) => paths.length > 1);
  return hitsAt(
    subject,
    twice.map(([value, paths]) => ({ field: paths.slice(0, 5).join(" and "), value })),
  );
}

function keysJudge(path: string, pattern: string, context: Context): Judge {
  const regex = context.around.patterns.get(pattern);
  const below = context.path(path.endsWith("*") ? path : `${path}.*`);
  // Thousands of plugins have the same few keys.
  const fitting = new Map<string, boolean>();
  const fits = (key: string): boolean => {
    const known = fitting.get(key) ?? regex.test(key);
    if (fitting.size < 10_000) fitting.set(key, known);
    return known;
  };
  return ({ subject, input }) => {
    const places: Place[] = [];
    const isComplete = visitFields(subject.fields, below, (value, key, at) => {
      if (value === undefined || value === null || key === "" || !fits(key)) return;
      places.push({ field: at(), value });
    });
    if (places.length > 0) return hitsAt(subject, places);
    return isComplete ? fails : openBecause([input]);
  };
}

function regexes({ subject }: Scope, context: Context): Verdict {
  const places: Place[] = [];
  for (const path of ofPlugin(regexFields, subject.fields) ?? []) {
    visitFields(subject.fields, context.path(path), (value, _, at) => {
      if (typeof value === "string" && looksLikeRegex(value)) places.push({ field: at(), value });
    });
  }
  return hitsAt(subject, places);
}

/** The same for one field that is chosen already. */
function regexElement({ subject, element }: Scope): Verdict {
  if (typeof element?.value !== "string" || !looksLikeRegex(element.value)) return fails;
  const field = element.path();
  const path = field.replaceAll(/\[\d+\]/gu, "[*]");
  const isRegex = ofPlugin(regexFields, subject.fields)?.includes(path) === true;
  return isRegex ? hitAt(subject, { field, value: element.value }) : fails;
}

function aliases({ subject }: Scope): Verdict {
  const places: Place[] = [];
  for (const [from, to] of Object.entries(ofPlugin(fieldAliases, subject.fields) ?? {})) {
    const place = differing(subject.fields, `config.${from}`, `config.${to}`);
    if (place !== undefined) places.push(place);
  }
  return hitsAt(subject, places);
}

function difference(path: string, other: string, { subject }: Scope): Verdict {
  const place = differing(subject.fields, path, other);
  return place === undefined ? fails : hitAt(subject, place);
}

/** Both fields are set, and not to the same. */
function differing(fields: unknown, path: string, other: string): Place | undefined {
  const value = valueAt(fields, path.split("."));
  const against = valueAt(fields, other.split("."));
  if ((value ?? null) === null || (against ?? null) === null || value === against) return undefined;
  if (typeof value === "object" || typeof against === "object") return undefined;
  return { field: path, value, note: `${other} is another` };
}

function daos({ subject, input }: Scope): Verdict {
  const table = daosTable(subject.lines ?? []);
  if (table === undefined) return openBecause([input]);
  return table.isHash ? hitAt(subject, { line: table.line, value: "a table with names" }) : fails;
}

function duplicateKeys({ subject }: Scope): Verdict {
  const found = isRecord(subject.fields) ? subject.fields["duplicates"] : undefined;
  const all: readonly unknown[] = Array.isArray(found) ? found : [];
  return hitsAt(subject, all.map(placeOfDuplicate));
}

function placeOfDuplicate(duplicate: unknown): Place {
  if (!isRecord(duplicate)) return {};
  const { what: value, line } = duplicate;
  return typeof line === "number" ? { value, line } : { value };
}

/** Whether the custom plugin runs before a bundled one in use with its old priority and not with its new one, or the reverse. */
function orderChanges(
  moved: Readonly<Record<string, readonly [number, number]>>,
  { subject }: Scope,
  context: Context,
): Verdict {
  const priority = priorityOf(subject.fields);
  if (typeof priority !== "number") return priority;
  const passing = Object.entries(moved).filter(
    ([, [before, after]]) => Math.sign(priority - before) !== Math.sign(priority - after),
  );
  const used = passing.filter(([name]) => context.plugins(name).length > 0);
  if (used.length > 0) {
    const notes = used.map(([name, [before, after]]) => `${name} goes from ${before} to ${after}`);
    return hitAt(subject, { field: "PRIORITY", value: priority, note: notes.join(", ") });
  }
  return passing.length === 0 ? fails : notAmong(context);
}

function equalsBundled({ subject }: Scope, context: Context): Verdict {
  const priority = priorityOf(subject.fields);
  if (typeof priority !== "number") return priority;
  const same = context
    .pluginNames()
    .filter((name) => bundledPriorityOf(name, context.hop.to, context.hop.edition) === priority);
  if (same.length > 0)
    return hitAt(subject, { field: "PRIORITY", value: priority, note: `the same as ${same.join(", ")}` });
  return notAmong(context);
}

/** None of the plugins in use, as far as these were read. */
function notAmong({ missingEntities: missing }: Context): Verdict {
  return missing === undefined ? fails : openBecause([missing]);
}

/** The plugin's PRIORITY, or what to say where there is none or nobody told it. */
function priorityOf(fields: unknown): number | Verdict {
  const priority = isRecord(fields) ? fields["PRIORITY"] : undefined;
  const teller = inputThatTells(priority);
  if (teller !== undefined) return openBecause([teller]);
  return typeof priority === "number" ? priority : fails;
}

function majorDiffers({ subject }: Scope): Verdict {
  if (!isRecord(subject.fields)) return fails;
  const { VERSION: version, data_plane_version: dataPlaneVersion } = subject.fields;
  const teller = inputThatTells(version) ?? inputThatTells(dataPlaneVersion);
  if (teller !== undefined) return openBecause([teller]);
  if (typeof version !== "string" || typeof dataPlaneVersion !== "string") return fails;
  if (majorOf(version) === majorOf(dataPlaneVersion)) return fails;
  return hitAt(subject, { field: "VERSION", value: version, note: `${dataPlaneVersion} on data planes` });
}

function majorOf(version: string): string | undefined {
  return /^\s*v?(\d+)/u.exec(version)?.[1];
}

function ofPlugin<Value>(byPlugin: Readonly<Record<string, Value>>, fields: unknown): Value | undefined {
  const name = isRecord(fields) ? fields["name"] : undefined;
  return typeof name === "string" && Object.hasOwn(byPlugin, name) ? byPlugin[name] : undefined;
}
