import { isAlias, isMap, isScalar, isSeq, visit } from "yaml";
import type { Document, Node, Scalar, YAMLMap } from "yaml";
import { leave, merge, nothing, one } from "./found-edits.ts";
import type { FoundEdits } from "./found-edits.ts";
import { holdsVariable, withVariablesAs } from "./open-document.ts";
import { hasRange, routesOf } from "./places.ts";

/** How a path has to be written; undefined where no text can say it. */
export type Rewrite = (path: string) => string | undefined;

/** Every `paths` entry of a route, wherever the route is nested, as `rewrite` has it. */
export function pathEdits(document: Document, text: string, rewrite: Rewrite): FoundEdits {
  const routes = routesOf(document);
  const lists = routes.map((route) => route.get("paths", true));
  const entries = lists.flatMap((list) => (isSeq(list) ? list.items : []));
  const merged = routes.flatMap((route) => (route.has("paths") ? [] : mergedInto(route)));
  const aliases = [...lists, ...entries, ...merged].filter((node) => isAlias(node));
  const anchored = aliases.length === 0 ? undefined : nodesWithAnchors(document);
  // What an alias stands for is repaired at its anchor, where that is a path of a route, too.
  const repaired = new Set<unknown>([...lists, ...entries]);
  const sources = new Set(aliases.map(({ source }) => source));
  const left = [...sources].filter((source) => {
    const target = anchored?.get(source);
    const paths = isMap(target) ? target.get("paths", true) : target;
    return target === undefined || (!repaired.has(paths) && needsRepair(paths, rewrite));
  });
  return merge([
    ...entries.filter((entry) => isScalar(entry)).map((entry) => rewritten(entry, text, rewrite)),
    ...left.map((source) => leave(`paths of *${source}: repair them at &${source}`)),
  ]);
}

/** `<<: *one` and `<<: [*one, *two]`, which decK and Kong put into the mapping. */
function mergedInto(route: YAMLMap): readonly unknown[] {
  const merged = route.get("<<", true);
  return isSeq(merged) ? merged.items : [merged];
}

/** Looked for once: an alias that looks for its anchor by itself goes through the whole document. */
function nodesWithAnchors(document: Document): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>();
  visit(document, {
    Value: (_, node) => {
      if (node.anchor !== undefined) found.set(node.anchor, node);
    },
  });
  return found;
}

function needsRepair(node: unknown, rewrite: Rewrite): boolean {
  if (isScalar(node)) return typeof node.value === "string" && rewrite(node.value) !== node.value;
  return isSeq(node) && node.items.some((item) => isScalar(item) && needsRepair(item, rewrite));
}

function rewritten(path: Scalar, text: string, rewrite: Rewrite): FoundEdits {
  const { value, range } = path;
  if (typeof value !== "string" || !hasRange(range)) return nothing;
  const wanted = wantedPath(value, rewrite);
  if (wanted === value) return nothing;
  const isQuoted = path.type === "QUOTE_SINGLE" || path.type === "QUOTE_DOUBLE";
  if (wanted === undefined) {
    const shown = text.slice(range[0], range[1]);
    return leave(
      `path ${shown}: ${holdsVariable(value) ? "look at the variable's value" : "it encodes what is no text"}; write it by hand`,
    );
  }
  if (path.type !== "PLAIN" && !isQuoted) return leave(`path ${value}: write ${wanted} by hand, it is a block text`);
  if (wanted !== `~${value}`)
    return one({ start: range[0], end: range[1], text: written(wanted, path.type), what: value });
  const at = range[0] + (isQuoted ? 1 : 0);
  return one({ start: at, end: at, text: "~", what: `~ before ${value}` });
}

/** Undefined where a program cannot tell. Of a path with a variable only that it needs a ~ whatever the variable is. */
function wantedPath(value: string, rewrite: Rewrite): string | undefined {
  if (!holdsVariable(value)) return rewrite(value);
  const example = withVariablesAs("x", value);
  return /^[/~]/u.test(value) && rewrite(example) === `~${example}` ? `~${value}` : undefined;
}

/** In the quotes that were there; a plain text gets some where it would be no text without them. */
function written(text: string, type: Scalar["type"]): string {
  if (type === "QUOTE_DOUBLE" || /[\p{Cc}\u2028\u2029]/u.test(text)) return JSON.stringify(text);
  if (type === "PLAIN" && /^~?\/[^\s#:,[\]{}&*!|>'"%@`]*$/u.test(text)) return text;
  return `'${text.replaceAll("'", "''")}'`;
}
