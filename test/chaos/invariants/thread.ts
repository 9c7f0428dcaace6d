import { buttonsOf } from "#practice/scenarios/people.ts";
import type { Message } from "#practice/scenarios/people.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { desiredPosts } from "#src/slack/delivery/desired-posts.ts";
import type { DesiredPost } from "#src/slack/delivery/desired-post.ts";
import type { Names } from "#src/slack/views/names.ts";
import { isAbout, keyOf } from "#test/chaos/crowd.ts";

/** Channel and thread have to show exactly what follows from the record: each message once, with these words and buttons. */
export function judgeThread(
  id: UpgradeId,
  events: readonly RecordedEvent[],
  shown: { readonly messages: readonly Message[]; readonly names: Names },
): readonly string[] {
  const desired = desiredPosts(events, shown.names).filter(
    ({ place, ephemeralTo }) => place !== "direct" && ephemeralTo === undefined,
  );
  const ours = shown.messages.filter((message) => isAbout(message, id));
  const violations: string[] = [];
  for (const post of desired) {
    const found =
      post.file === undefined
        ? ours.filter((message) => keyOf(message) === post.key)
        : shown.messages.filter(({ files }) => files.some(({ name }) => name === post.file?.name));
    if (found.length > 1) violations.push(`${id}: ${post.key} is in the thread ${found.length} times`);
    const [message] = found;
    if (message === undefined) {
      if (post.isOver !== true) violations.push(`${id}: ${post.key} is missing in the thread`);
    } else if (post.file === undefined) violations.push(...judgeMessage(id, post, message));
  }
  for (const message of ours) {
    const key = keyOf(message);
    if (!desired.some((post) => post.key === key))
      violations.push(`${id}: ${key ?? "?"} does not follow from the record`);
  }
  return violations;
}

function judgeMessage(id: UpgradeId, post: DesiredPost, message: Message): readonly string[] {
  const mentioned = `${post.mentions.join(" ")} ${post.text}`;
  if (message.text !== post.text && message.text !== mentioned)
    return [`${id}: ${post.key} says “${message.text.slice(0, 300)}” instead of “${post.text.slice(0, 300)}”`];
  const wanted: readonly string[] = JSON.stringify(post.blocks).match(/"action_id":"[^"]+"/gu) ?? [];
  const there = buttonsOf(message).map(({ action_id }) => `"action_id":"${action_id}"`);
  const missing = there.filter((each) => !wanted.includes(each));
  return missing.length === 0 ? [] : [`${id}: ${post.key} offers ${missing.join(", ")}, which is over`];
}
