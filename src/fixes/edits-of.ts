import { isScalar } from "yaml";
import type { Document, Pair, Scalar, YAMLMap } from "yaml";
import { unreachable } from "#src/kernel/result.ts";
import type { Fix } from "#src/kong/catalogue/hazard.ts";
import { migratedPath, normalisedPlainPath } from "#src/kong/route-path.ts";
import { joinList, listOfOne, removeField, renameField } from "./field-edits.ts";
import { leave, merge, nothing, one } from "./found-edits.ts";
import type { FoundEdits } from "./found-edits.ts";
import { pathEdits } from "./path-edits.ts";
import { fieldsOf, formatVersions, hasRange, pluginsOf, sharedFieldsOf } from "./places.ts";
import type { Field } from "./places.ts";

/** The places in a document that a fix changes. */
export function editsOf(fix: Fix, document: Document, text: string): FoundEdits {
  switch (fix.kind) {
    case "migrate_path":
      return pathEdits(document, text, migratedPath);
    case "normalise_path":
      return pathEdits(document, text, normalisedPlainPath);
    case "format_version":
      return merge(formatVersions(document).map((pair) => setFormatVersion(pair, fix.to)));
    case "rename_plugin":
      return merge(pluginsOf(document, fix.from).map((plugin) => renamePlugin(plugin, fix.to)));
    case "rename_field":
      return inFields(document, { plugin: fix.plugin, field: fix.from }, (field) => renameField(field, fix.to, text));
    case "remove_field":
      return inFields(document, fix, (field) => removeField(field, text));
    case "join_list":
      return inFields(document, fix, (field) => joinList(field, text));
    case "list_of_one":
      return inFields(document, fix, (field) => listOfOne(field, text));
    default:
      return unreachable(fix);
  }
}

/** A shared configuration may be that of other plugins, too: people decide. */
function inFields(
  document: Document,
  { plugin, field: path }: { readonly plugin: string; readonly field: string },
  edit: (field: Field) => FoundEdits,
): FoundEdits {
  const fields = fieldsOf(document, plugin, path);
  const shared = sharedFieldsOf(document, path).filter(({ field }) => edit(field) !== nothing);
  return merge([
    ...fields.map((field) => edit(field)),
    ...shared.map(({ name }) => leave(`_plugin_configs.${name}: ${path}: if ${plugin} uses it, do it by hand`)),
  ]);
}

function setFormatVersion(pair: Pair<Scalar>, version: string): FoundEdits {
  const { value } = pair;
  if (!isScalar(value) || !hasRange(value.range) || String(value.value) === version) return nothing;
  return one({ start: value.range[0], end: value.range[1], text: JSON.stringify(version), what: "_format_version" });
}

function renamePlugin(plugin: YAMLMap, to: string): FoundEdits {
  const name = plugin.get("name", true);
  if (!isScalar(name) || !hasRange(name.range)) return nothing;
  return one({ start: name.range[0], end: name.range[1], text: to, what: `plugin ${String(name.value)}` });
}
