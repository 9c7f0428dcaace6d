import { unreachable } from "#src/kernel/result.ts";
import type { Fix } from "#src/kong/catalogue/hazard.ts";
import { migratedPath, normalisedPlainPath } from "#src/kong/route-path.ts";
import { joinList, listOfOne, removeField, renameField } from "./field-edits.ts";
import { leave, merge, nothing, one } from "./found-edits.ts";
import type { FoundEdits } from "./found-edits.ts";
import { pathEdits } from "./path-edits.ts";
import type { PlacedMap, PlacedScalar } from "./placed-node.ts";
import { fieldsOf, sharedFieldsOf, valueAt } from "./places.ts";
import type { Field, Places } from "./places.ts";

/** The places in a document that a fix changes. */
export function editsOf(fix: Fix, places: Places, text: string): FoundEdits {
  switch (fix.kind) {
    case "migrate_path":
      return pathEdits(places, text, migratedPath);
    case "normalise_path":
      return pathEdits(places, text, normalisedPlainPath);
    case "format_version":
      return merge(places.formatVersions.map((value) => setFormatVersion(value, fix.to)));
    case "rename_plugin":
      return merge((places.plugins.get(fix.from) ?? []).map((plugin) => renamePlugin(plugin, fix.to)));
    case "rename_field":
      return inFields(places, { plugin: fix.plugin, field: fix.from }, (field) => renameField(field, fix.to, text));
    case "remove_field":
      return inFields(places, fix, (field) => removeField(field, text));
    case "join_list":
      return inFields(places, fix, (field) => joinList(field, text));
    case "list_of_one":
      return inFields(places, fix, (field) => listOfOne(field, text));
    default:
      return unreachable(fix);
  }
}

/** A shared configuration may be that of other plugins, too: people decide. */
function inFields(
  places: Places,
  { plugin, field: path }: { readonly plugin: string; readonly field: string },
  edit: (field: Field) => FoundEdits,
): FoundEdits {
  const fields = fieldsOf(places, plugin, path);
  const shared = sharedFieldsOf(places, path).filter(({ field }) => edit(field) !== nothing);
  return merge([
    ...fields.map((field) => edit(field)),
    ...shared.map(({ name }) => leave(`_plugin_configs.${name}: ${path}: if ${plugin} uses it, do it by hand`)),
  ]);
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
