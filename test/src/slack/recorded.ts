import { chainStart, seal } from "#src/record/chain.ts";
import { desiredPosts } from "#src/slack/delivery/desired-posts.ts";
import type { DesiredPost } from "#src/slack/delivery/desired-post.ts";
import type { Names } from "#src/slack/views/names.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { id } from "#test/support/given.ts";
import type { Story } from "#test/support/given.ts";

export const names: Names = {
  person: (userId) => ({ U0ERIN001: "erin", U0CAROL01: "carol" })[userId] ?? userId,
  group: (groupId) => (groupId === "S0APPROVE" ? "kong-approvers" : groupId),
};

/** The record of a story with real hashes. */
export function recordOf(story: Story): readonly RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const { version, at, event } of story.occurred) {
    const previous = events.at(-1)?.hash ?? chainStart(id);
    const actor = { kind: "bot", replica: "test" } as const;
    events.push(seal({ upgradeId: id, version, at, actor, event, previous }));
  }
  return events;
}

export function postsOf(story: Story): readonly DesiredPost[] {
  return desiredPosts(recordOf(story), names);
}

/** The post of a key; fails with the keys that there are. */
export function postOf(story: Story, key: string): DesiredPost {
  const posts = postsOf(story);
  const found = posts.findLast((post) => post.key.startsWith(key));
  if (found === undefined) throw new Error(`no post ${key} among ${posts.map((post) => post.key).join(", ")}`);
  return found;
}

/** The action ids of a post. */
export function actionsOf(post: DesiredPost): readonly string[] {
  return post.blocks.flatMap((block) => {
    if (block.type === "actions") return block.elements.flatMap((element) => element.action_id ?? []);
    const beside = block.type === "section" ? block.accessory : undefined;
    return beside !== undefined && "action_id" in beside ? [beside.action_id ?? ""] : [];
  });
}

/** Everything in a message that Slack would act on: mentions, links, channel tokens. */
export function tokensIn({ text, blocks }: DesiredPost): readonly string[] {
  return `${text}${JSON.stringify(blocks)}`.match(/<[^<>]*>?/gu) ?? [];
}
