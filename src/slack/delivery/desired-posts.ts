import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { Names } from "#src/slack/views/names.ts";
import type { DesiredPost } from "./desired-post.ts";
import { Thread } from "./thread.ts";
import type { Beside } from "./thread.ts";

/** Everything that the channel and the thread of an upgrade should show, in order. Pure. */
export function desiredPosts(
  events: readonly RecordedEvent[],
  names: Names,
  beside: Beside = {},
): readonly DesiredPost[] {
  const thread = new Thread(names);
  thread.grow(events);
  return thread.draw(beside).posts.toSorted((left, right) => left.order - right.order);
}
