import { EVENT_ID, getScalarValue } from "js-yaml";
import type { Event, ScalarEvent } from "js-yaml";
import { lineIndex } from "./line-index.ts";
import { eventsIn } from "./parse.ts";
import { withoutPlaceholders } from "./placeholders.ts";

/** A key of a mapping, and where it stands. */
export interface KeyLine {
  /** The keys that lead to it, from the outermost mapping. */
  readonly path: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** Deeper keys have the line of what they are in: a path has to be kept for each of them. */
const deepest = 12;

/** A list or mapping that is open; without a path inside a list, where keys alone lead nowhere, or too deep. */
interface Frame {
  readonly path: readonly string[] | undefined;
  readonly kind: "list" | "mapping";
  /** The key whose value comes next; undefined while a key comes next. */
  key: { readonly path: readonly string[] | undefined } | undefined;
}

/**
 * The line of every key of the first document's mappings, except of those inside lists. For texts that people write, of
 * which the parser understands the whole; of any other nothing is told.
 */
export function keyLines(written: string): readonly KeyLine[] {
  const read = eventsIn(withoutPlaceholders(written).text);
  return read.ok ? linesOf(read.value.events, read.value.text) : [];
}

function linesOf(events: readonly Event[], text: string): readonly KeyLine[] {
  const lineAt = lineIndex(text);
  const found: KeyLine[] = [];
  const frames: Frame[] = [];
  let documents = 0;
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        documents += 1;
        if (documents > 1) return found;
        break;
      case EVENT_ID.SCALAR: {
        const path = next(frames.at(-1), () => getScalarValue(text, event));
        if (path !== undefined) found.push({ path, line: lineAt(offsetOf(event)) });
        break;
      }
      case EVENT_ID.ALIAS:
        next(frames.at(-1));
        break;
      case EVENT_ID.POP:
        frames.pop();
        break;
      default:
        frames.push(opened(frames.at(-1), event.type === EVENT_ID.MAPPING ? "mapping" : "list"));
    }
  }
  return found;
}

/** A key without a text stands where it could have one. */
function offsetOf({ valueStart }: ScalarEvent): number {
  return Math.max(valueStart, 0);
}

/** Takes a key, and returns its path, or the value of the key before. */
function next(frame: Frame | undefined, name?: () => string): readonly string[] | undefined {
  if (frame?.kind !== "mapping") return undefined;
  if (frame.key !== undefined) {
    frame.key = undefined;
    return undefined;
  }
  const isNamed = name !== undefined && frame.path !== undefined && frame.path.length < deepest;
  const path = isNamed ? [...(frame.path ?? []), name()] : undefined;
  frame.key = { path };
  return path;
}

/** What is opened is a value, or, where a key comes next, a key that is no text. */
function opened(around: Frame | undefined, kind: Frame["kind"]): Frame {
  const path = around === undefined ? [] : around.key?.path;
  next(around);
  return { path, kind, key: undefined };
}
