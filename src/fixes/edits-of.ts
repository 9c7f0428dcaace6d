import { unreachable } from "#src/kernel/result.ts";
import type { Fix } from "#src/kong/catalogue/hazard.ts";
import { plainValueOf } from "#src/discovery/files/yaml/plain-scalar.ts";
import { firstOfList, listOfOne, removeField, renameField } from "./field-edits.ts";
import { leave, merge, nothing, one } from "./found-edits.ts";
import type { FoundEdits } from "./found-edits.ts";
import type { PlacedMap, PlacedScalar } from "./placed-node.ts";
import { fieldsOf, valueAt } from "./places.ts";
import type { Places } from "./places.ts";

/** The places in a document that a fix changes. */
export function editsOf(fix: Fix, places: Places, text: string): FoundEdits {
  switch (fix.kind) {
    case "add_tilde":
      return merge(places.routePaths.map((path) => addTilde(path)));
    case "format_version":
      return merge(places.formatVersions.map((value) => setFormatVersion(value, fix.to)));
    case "rename_plugin":
      return merge((places.plugins.get(fix.from) ?? []).map((plugin) => renamePlugin(plugin, fix.to)));
    case "rename_field":
      return merge(fieldsOf(places, fix.plugin, fix.from).map((field) => renameField(field, fix.to)));
    case "remove_field":
      return merge(fieldsOf(places, fix.plugin, fix.field).map((field) => removeField(field, text)));
    case "first_of_list":
      return merge(fieldsOf(places, fix.plugin, fix.field).map((field) => firstOfList(field, text)));
    case "list_of_one":
      return merge(fieldsOf(places, fix.plugin, fix.field).map((field) => listOfOne(field, text)));
    default:
      return unreachable(fix);
  }
}

/** Kong's own heuristic of 2.x: any other character makes a path a regular expression (migrate_path_280_300.lua). */
const plainPath = /^[a-zA-Z0-9.\-_~/%]*$/u;

function addTilde({ text, style, start }: PlacedScalar): FoundEdits {
  if (plainPath.test(text) || text.startsWith("~")) return nothing;
  switch (style) {
    case "absent":
      return nothing;
    case "block":
      return leave(`path ${text}: write the ~ by hand, it is a block text`);
    case "plain":
      // A number or a word such as `true` is no path.
      return plainValueOf(text) === undefined ? tilde(start, text) : nothing;
    case "quoted":
      return tilde(start + 1, text);
  }
}

function tilde(at: number, path: string): FoundEdits {
  return one({ start: at, end: at, text: "~", what: `~ before ${path}` });
}

function setFormatVersion({ text, style, start, end }: PlacedScalar, version: string): FoundEdits {
  if (style === "absent" || style === "block")
    return leave(`_format_version: it does not stand behind its key; write "${version}" by hand`);
  // Without quotes it is a number, which Kong refuses.
  if (style === "quoted" && text === version) return nothing;
  return one({ start, end, text: JSON.stringify(version), what: "_format_version" });
}

function renamePlugin(plugin: PlacedMap, to: string): FoundEdits {
  const name = valueAt(plugin, "name");
  if (name?.kind !== "scalar") return nothing;
  const { start, end, style, text } = name;
  if (style === "block") return leave(`plugin ${text}: its name is a block text; write ${to} by hand`);
  return one({ start, end, text: style === "quoted" ? JSON.stringify(to) : to, what: `plugin ${text}` });
}
