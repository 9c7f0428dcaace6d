import { plainValueOf } from "#src/discovery/files/yaml/plain-scalar.ts";
import { leave, merge, nothing, one } from "./found-edits.ts";
import type { FoundEdits } from "./found-edits.ts";
import { holdsVariable, withVariablesAs } from "./open-document.ts";
import type { PlacedMap, PlacedNode, PlacedScalar } from "./placed-node.ts";
import { itemsOf, valueAt } from "./places.ts";
import type { Places } from "./places.ts";

/** How a path has to be written; undefined where no text can say it. */
export type Rewrite = (path: string) => string | undefined;

/** Every `paths` entry of a route, wherever the route is nested, as `rewrite` has it. */
export function pathEdits(places: Places, text: string, rewrite: Rewrite): FoundEdits {
  const found: FoundEdits[] = [];
  for (const route of places.routes) {
    for (const path of itemsOf(valueAt(route, "paths"))) {
      const edits = path.kind === "scalar" ? rewritten(path, text, rewrite) : nothing;
      if (edits !== nothing) found.push(edits);
    }
  }
  const left = elsewhere(places, rewrite).map((name) => leave(`paths of *${name}: repair them at &${name}`));
  return merge([...found, ...left]);
}

/** Aliases whose anchor is no path of a route, or lies in another part of the file: what they stand for is not repaired. */
function elsewhere({ routes, anchors }: Places, rewrite: Rewrite): readonly string[] {
  const names = new Set(routes.flatMap((route) => aliasesOf(route)));
  if (names.size === 0) return [];
  const lists = routes.map((route) => valueAt(route, "paths"));
  const repaired = new Set<unknown>([...lists, ...lists.flatMap((list) => itemsOf(list))]);
  return [...names].filter((name) => {
    const target = anchors.get(name);
    const paths = target?.kind === "map" ? valueAt(target, "paths") : target;
    return target === undefined || (!repaired.has(paths) && needsRepair(paths, rewrite));
  });
}

/** Of a route's paths, of one of them, or of what `<<: *one` and `<<: [*one, *two]` put into it, as decK and Kong do. */
function aliasesOf(route: PlacedMap): readonly string[] {
  const found = valueAt(route, "paths") ?? valueAt(route, "<<");
  const nodes = found === undefined ? [] : [found, ...itemsOf(found)];
  return nodes.flatMap((node) => (node.kind === "alias" ? [node.name] : []));
}

function needsRepair(node: PlacedNode | undefined, rewrite: Rewrite): boolean {
  if (node?.kind === "scalar") return isPath(node) && rewrite(node.text) !== node.text;
  return itemsOf(node).some((item) => item.kind === "scalar" && needsRepair(item, rewrite));
}

/** A number or a word such as `true` is no path. */
function isPath({ style, text }: PlacedScalar): boolean {
  return style !== "absent" && (style !== "plain" || plainValueOf(text) === undefined);
}

function rewritten(path: PlacedScalar, text: string, rewrite: Rewrite): FoundEdits {
  const { text: value, style, start, end } = path;
  if (!isPath(path)) return nothing;
  const wanted = wantedPath(value, rewrite);
  if (wanted === value) return nothing;
  if (wanted === undefined) {
    const why = holdsVariable(value) ? "look at the variable's value" : "it encodes what is no text";
    return leave(`path ${text.slice(start, end)}: ${why}; write it by hand`);
  }
  if (style === "block") return leave(`path ${value}: write ${wanted} by hand, it is a block text`);
  if (wanted !== `~${value}`) return one({ start, end, text: written(wanted, text.charAt(start)), what: value });
  const at = start + (style === "quoted" ? 1 : 0);
  return one({ start: at, end: at, text: "~", what: `~ before ${value}` });
}

/** Undefined where a program cannot tell. Of a path with a variable only that it needs a ~ whatever the variable is. */
function wantedPath(value: string, rewrite: Rewrite): string | undefined {
  if (!holdsVariable(value)) return rewrite(value);
  const example = withVariablesAs("x", value);
  return /^[/~]/u.test(value) && rewrite(example) === `~${example}` ? `~${value}` : undefined;
}

/** In the quotes that were there; a plain text gets some where it would be no text without them. */
function written(text: string, opening: string): string {
  if (opening === '"' || /[\p{Cc}\u2028\u2029]/u.test(text)) return JSON.stringify(text);
  if (opening !== "'" && /^~?\/[^\s#:,[\]{}&*!|>'"%@`]*$/u.test(text)) return text;
  return `'${text.replaceAll("'", "''")}'`;
}
