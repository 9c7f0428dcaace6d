import type { RecordedEvent } from "#src/upgrade/events.ts";
import { reviewStateOf } from "#src/upgrade/review.ts";
import { reviewPrompt, skippedNotice } from "#src/slack/views/break-glass.ts";
import { handedOver } from "#src/slack/views/hand-over.ts";
import { escapeText } from "#src/slack/views/text.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { Story } from "./story.ts";

/** Direct messages about what people did or agreed: to those who were not waited for, and to who takes over. */
export function agreedPosts(story: Story, { event, version }: RecordedEvent): readonly DesiredPost[] {
  const { upgrade, attempts } = story;
  const { id, request } = upgrade;
  const order = version + 0.6;
  if (event.type === "upgrade_handed_over" && event.to.kind === "slack") {
    const to = event.to.person.userId;
    return [
      post({ key: `owner-${version}`, order, place: "direct", to, urgency: "direct" }, handedOver(event, upgrade)),
    ];
  }
  if (event.type !== "glass_broken") return [];
  const title = attempts.firstOf(event.stepId)?.step.title ?? event.stepId;
  const { name, channel } = { name: request.environment.name, channel: request.channel };
  const about = { upgradeId: id, environment: name, channel, step: escapeText(title, 120) };
  return event.skipped.map((to) =>
    post({ key: `glass-${version}-${to}`, order, place: "direct", to, urgency: "direct" }, skippedNotice(event, about)),
  );
}

/** After the end: the review is offered in the thread, and to everybody who was not waited for. */
export function reviewPosts({ upgrade, events }: Story): readonly DesiredPost[] {
  if (upgrade.status !== "closed" || reviewStateOf(upgrade).kind === "none_needed") return [];
  const end = events.findLast(({ event }) => event.type !== "break_glass_reviewed" && event.type !== "note_added");
  const order = (end?.version ?? upgrade.version) + 0.7;
  const content = reviewPrompt(upgrade);
  const isOver = reviewStateOf(upgrade).kind === "closed";
  const skipped = [...new Set(upgrade.brokenGlass.flatMap((glass) => glass.skipped))];
  return [
    post({ key: "review", order, urgency: "approval", isPrompt: true }, content),
    ...skipped.map((to) =>
      post({ key: `review-${to}`, order, place: "direct", to, urgency: "direct", isPrompt: true, isOver }, content),
    ),
  ];
}
