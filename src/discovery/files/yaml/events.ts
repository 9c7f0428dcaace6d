import { EVENT_ID, getScalarValue, SCALAR_STYLE } from "js-yaml";
import type { Event, ScalarEvent } from "js-yaml";
import { valueBuilder } from "./builder-state.ts";
import type { DocumentMemory, ValueBuilder } from "./builder-state.ts";
import { addAlias, addScalar, close, nameNext, openList, openMapping } from "./value-builder.ts";
import type { Style } from "./value-builder.ts";

const none = -1;

/** Builds the value of the first document from the parser's events. */
export function buildFromEvents(events: readonly Event[], source: string, memory: DocumentMemory): ValueBuilder {
  const builder = valueBuilder(memory);
  let offset = 0;
  let depth = 0;
  for (const event of events) {
    offset = offsetOf(event, offset);
    depth += depthChange(event);
    if (depth === 0) break;
    // The document itself is no list or mapping.
    if (event.type !== EVENT_ID.DOCUMENT) take(builder, { event, source, offset });
    if (builder.trouble !== undefined) break;
  }
  return builder;
}

function depthChange({ type }: Event): number {
  if (type === EVENT_ID.POP) return -1;
  return type === EVENT_ID.SCALAR || type === EVENT_ID.ALIAS ? 0 : 1;
}

function offsetOf(event: Event, before: number): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart === none ? before : event.valueStart;
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return before;
  }
}

interface Met {
  readonly event: Event;
  readonly source: string;
  readonly offset: number;
}

function take(builder: ValueBuilder, { event, source, offset }: Met): void {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      nameNext(builder, anchorName(event, source));
      addScalar(builder, offset, getScalarValue(source, event), styleOf(event, source));
      break;
    case EVENT_ID.SEQUENCE:
      openList(builder, anchorName(event, source));
      break;
    case EVENT_ID.MAPPING:
      openMapping(builder, offset, anchorName(event, source));
      break;
    case EVENT_ID.ALIAS:
      addAlias(builder, offset, source.slice(event.anchorStart, event.anchorEnd));
      break;
    case EVENT_ID.POP:
      close(builder, offset);
      break;
    default:
  }
}

function styleOf(event: ScalarEvent, source: string): Style {
  return event.style === SCALAR_STYLE.PLAIN && !isTaggedText(event, source) ? "plain" : "quoted";
}

/** `!!str 1.0` is a text; other tags say nothing that matters here. */
function isTaggedText({ tagStart, tagEnd }: ScalarEvent, source: string): boolean {
  if (tagStart === none) return false;
  const tag = source.slice(tagStart, tagEnd);
  return tag === "!" || tag === "!!str";
}

function anchorName(
  { anchorStart, anchorEnd }: { readonly anchorStart: number; readonly anchorEnd: number },
  source: string,
): string | undefined {
  return anchorStart === none ? undefined : source.slice(anchorStart, anchorEnd);
}
