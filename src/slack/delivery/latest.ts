import type { EventOf, EventType, RecordedEvent } from "#src/upgrade/events.ts";

/** The last event of a type up to a version of the record; undefined where there is none. */
export function latest<Type extends EventType>(
  events: readonly RecordedEvent[],
  type: Type,
  version: number,
): EventOf<Type> | undefined {
  const found = events.findLast((recorded) => recorded.version <= version && recorded.event.type === type)?.event;
  return found !== undefined && isOf(found, type) ? found : undefined;
}

function isOf<Type extends EventType>(event: RecordedEvent["event"], type: Type): event is EventOf<Type> {
  return event.type === type;
}
