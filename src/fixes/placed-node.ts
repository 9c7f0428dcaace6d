import { EVENT_ID, getScalarValue, SCALAR_STYLE } from "js-yaml";
import type { Event, ScalarEvent } from "js-yaml";

/** A value of a document with where it stands: offsets of the text, the end not included, quotes and brackets included. */
export type PlacedNode = PlacedScalar | PlacedMap | PlacedList | PlacedAlias;

export interface PlacedScalar {
  readonly kind: "scalar";
  /** As a text, whatever it stands for. */
  readonly text: string;
  /** `absent`: a key or a dash with nothing behind it. */
  readonly style: "plain" | "quoted" | "block" | "absent";
  readonly start: number;
  readonly end: number;
}

export interface PlacedMap {
  readonly kind: "map";
  readonly isFlow: boolean;
  readonly pairs: PlacedPair[];
  readonly start: number;
  /** Undefined where it cannot be told. */
  end: number | undefined;
}

export interface PlacedPair {
  readonly key: PlacedNode;
  readonly value: PlacedNode;
}

export interface PlacedList {
  readonly kind: "list";
  readonly isFlow: boolean;
  readonly items: PlacedNode[];
  readonly start: number;
  end: number | undefined;
}

/** Not followed: what it stands for is repaired where it is written. */
export interface PlacedAlias {
  readonly kind: "alias";
  /** The anchor's, without the star. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface PlacedDocument {
  readonly root: PlacedNode;
  /** What aliases can stand for; of several with one name the last. */
  readonly anchors: ReadonlyMap<string, PlacedNode>;
}

/** What is being read: a list or map, with the key that waits for its value. */
interface Open {
  readonly node: PlacedMap | PlacedList;
  key: PlacedNode | undefined;
}

const none = -1;

/** The document that a parser's events tell; undefined where they tell none or several. */
export function placedDocument(events: readonly Event[], text: string): PlacedDocument | undefined {
  const open: Open[] = [];
  const roots: PlacedNode[] = [];
  const anchors = new Map<string, PlacedNode>();
  let documents = 0;
  let last = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      documents += 1;
      continue;
    }
    if (event.type === EVENT_ID.POP) {
      // The last one closes the document.
      const closed = open.pop();
      if (closed !== undefined) last = endOf(closed, last, text) ?? last;
      continue;
    }
    const node = nodeOf(event, text, last);
    if (event.type !== EVENT_ID.ALIAS && event.anchorStart !== none)
      anchors.set(text.slice(event.anchorStart, event.anchorEnd), node);
    put(open.at(-1), roots, node);
    if (node.kind === "map" || node.kind === "list") open.push({ node, key: undefined });
    last = node.end ?? node.start;
  }
  const [root] = roots;
  return documents === 1 && root !== undefined ? { root, anchors } : undefined;
}

function nodeOf(event: Exclude<Event, { type: 1 | 6 }>, text: string, last: number): PlacedNode {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return scalarOf(event, text, last);
    case EVENT_ID.ALIAS:
      // The name begins behind the star.
      return {
        kind: "alias",
        name: text.slice(event.anchorStart, event.anchorEnd),
        start: event.anchorStart - 1,
        end: event.anchorEnd,
      };
    case EVENT_ID.MAPPING:
      return { kind: "map", isFlow: isFlow(event, text), pairs: [], start: event.start, end: undefined };
    case EVENT_ID.SEQUENCE:
      return { kind: "list", isFlow: isFlow(event, text), items: [], start: event.start, end: undefined };
  }
}

function isFlow({ start }: { readonly start: number }, text: string): boolean {
  return text[start] === "{" || text[start] === "[";
}

function scalarOf(event: ScalarEvent, text: string, last: number): PlacedScalar {
  const { valueStart, valueEnd } = event;
  if (valueStart === none) {
    const at = behindColon(text, last);
    return { kind: "scalar", text: "", style: "absent", start: at, end: at };
  }
  const value = getScalarValue(text, event);
  switch (event.style) {
    case SCALAR_STYLE.PLAIN:
      return { kind: "scalar", text: value, style: "plain", start: valueStart, end: valueEnd };
    case SCALAR_STYLE.SINGLE_QUOTED:
    case SCALAR_STYLE.DOUBLE_QUOTED:
      return { kind: "scalar", text: value, style: "quoted", start: valueStart - 1, end: valueEnd + 1 };
    default:
      return { kind: "scalar", text: value, style: "block", start: valueStart, end: contentEnd(text, event) };
  }
}

const colon = /\s*:/uy;

function behindColon(text: string, position: number): number {
  colon.lastIndex = position;
  return colon.test(text) ? colon.lastIndex : position;
}

/** Blank lines behind a block text belong to it, and to nobody who takes it away. */
function contentEnd(text: string, { valueStart, valueEnd }: ScalarEvent): number {
  const content = text.slice(valueStart, valueEnd).trimEnd().length;
  const lineEnd = text.indexOf("\n", valueStart + content);
  return lineEnd === none || lineEnd >= valueEnd ? valueEnd : lineEnd + 1;
}

function put(parent: Open | undefined, roots: PlacedNode[], node: PlacedNode): void {
  if (parent === undefined) roots.push(node);
  else if (parent.node.kind === "list") parent.node.items.push(node);
  else if (parent.key === undefined) parent.key = node;
  else {
    parent.node.pairs.push({ key: parent.key, value: node });
    parent.key = undefined;
  }
}

/** What may stand between the last value and the closing bracket. */
const beforeBracket = /(?:[\s,:]|#[^\n]*)*/uy;

/** A block ends with its last value; in brackets the closing one has to be looked for, for the parser does not tell it. */
function endOf({ node }: Open, last: number, text: string): number | undefined {
  if (!node.isFlow) return (node.end = last);
  beforeBracket.lastIndex = Math.max(last, node.start + 1);
  beforeBracket.test(text);
  const at = beforeBracket.lastIndex;
  const bracket = text[at];
  return (node.end = bracket === "]" || bracket === "}" ? at + 1 : undefined);
}
