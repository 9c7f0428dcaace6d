import type { Place } from "#src/kong/inventory.ts";
import { isMapping } from "#src/discovery/files/yaml/parts.ts";
import { keyLines } from "#src/discovery/files/yaml/key-lines.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One of the values files of a release. */
export interface ValuesFile {
  readonly file: string;
  readonly text: string;
  readonly fields: Fields;
}

/** The values of a release as its chart gets them, and where each one stands that won. */
export interface LayeredValues {
  readonly values: Fields;
  /** By path, e.g. `image.tag`. */
  readonly places: ReadonlyMap<string, Place>;
}

/**
 * Lays values files over each other in the order in which `helm upgrade -f` gets them (helm v3 pkg/cli/values/options.go,
 * mergeMaps): mappings merge, anything else replaces what was there. A null stays: it takes away what earlier files say,
 * and the chart's default too (helm v3 docs, chart_template_guide/values_files).
 */
export function layered(files: readonly ValuesFile[]): LayeredValues {
  const values = files.reduce<Fields>((under, { fields }) => over(under, fields), {});
  const places = new Map<string, Place>();
  for (const { file, text } of files)
    for (const { path, line } of keyLines(text)) if (isThere(values, path)) places.set(path.join("."), { file, line });
  return { values, places };
}

function over(under: Fields, upper: Fields): Fields {
  if (Object.keys(under).length === 0) return upper;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(upper)) {
    const before = Object.hasOwn(under, key) ? under[key] : undefined;
    merged[key] = isMapping(before) && isMapping(value) ? over(before, value) : value;
  }
  return merged;
}

/** A file may say something below a key that a later one replaced. */
function isThere(values: Fields, path: readonly string[]): boolean {
  let current: unknown = values;
  for (const key of path) {
    if (!isMapping(current) || !Object.hasOwn(current, key)) return false;
    current = current[key];
  }
  return true;
}
