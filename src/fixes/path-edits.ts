import { isAlias, isScalar, isSeq, visit } from "yaml";
import type { Document, Node, Scalar } from "yaml";
import { leave, merge, nothing, one } from "./found-edits.ts";
import type { FoundEdits } from "./found-edits.ts";
import { hasRange, routesOf } from "./places.ts";

/** How a path has to be written; undefined where no text can say it. */
export type Rewrite = (path: string) => string | undefined;

/** Every `paths` entry of a route, wherever the route is nested, as `rewrite` has it. */
export function pathEdits(document: Document, rewrite: Rewrite): FoundEdits {
  const lists = routesOf(document).map((route) => route.get("paths", true));
  const entries = lists.flatMap((list) => (isSeq(list) ? list.items : []));
  const aliases = [...lists, ...entries].filter((node) => isAlias(node));
  const anchored = aliases.length === 0 ? undefined : nodesWithAnchors(document);
  // What an alias stands for is repaired at its anchor, where that is a path of a route, too.
  const repaired = new Set<unknown>([...lists, ...entries]);
  const left = aliases.filter(({ source }) => {
    const target = anchored?.get(source);
    return target === undefined || (!repaired.has(target) && needsRepair(target, rewrite));
  });
  return merge([
    ...entries.filter((entry) => isScalar(entry)).map((entry) => rewritten(entry, rewrite)),
    ...left.map(({ source }) => leave(`paths of *${source}: repair them at &${source}`)),
  ]);
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

function needsRepair(node: Node, rewrite: Rewrite): boolean {
  if (isScalar(node)) return typeof node.value === "string" && rewrite(node.value) !== node.value;
  return isSeq(node) && node.items.some((item) => isScalar(item) && needsRepair(item, rewrite));
}

function rewritten(path: Scalar, rewrite: Rewrite): FoundEdits {
  const { value, range } = path;
  if (typeof value !== "string" || !hasRange(range)) return nothing;
  const text = rewrite(value);
  if (text === value) return nothing;
  if (text === undefined) return leave(`path ${value}: what it encodes is no text; write it by hand`);
  const isQuoted = path.type === "QUOTE_SINGLE" || path.type === "QUOTE_DOUBLE";
  if (path.type !== "PLAIN" && !isQuoted) return leave(`path ${value}: write ${text} by hand, it is a block text`);
  if (text !== `~${value}`) return one({ start: range[0], end: range[1], text: written(text, path.type), what: value });
  const at = range[0] + (isQuoted ? 1 : 0);
  return one({ start: at, end: at, text: "~", what: `~ before ${value}` });
}

/** In the quotes that were there; a plain text gets some where it would be no text without them. */
function written(text: string, type: Scalar["type"]): string {
  if (type === "QUOTE_DOUBLE" || /[\p{Cc}\u2028\u2029]/u.test(text)) return JSON.stringify(text);
  if (type === "PLAIN" && /^~?\/[^\s#:,[\]{}&*!|>'"%@`]*$/u.test(text)) return text;
  return `'${text.replaceAll("'", "''")}'`;
}
