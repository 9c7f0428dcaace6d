import type { RecordedEvent } from "#src/upgrade/events.ts";
import { holdEndOf } from "#src/upgrade/hold-end.ts";
import { holdMessage } from "#src/slack/views/hold.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { Story } from "./story.ts";

/** What the calendar holds back; its button goes as soon as it does not. */
export function holdPosts({ upgrade, said, attempts }: Story, recorded: RecordedEvent): readonly DesiredPost[] {
  const { event, version } = recorded;
  if (event.type !== "step_held_back") return [];
  const { stepId, attempt, hold } = event;
  const found = attempts.lastOf(stepId);
  if (found === undefined) return [];
  const active = upgrade.status === "active" ? upgrade : undefined;
  const held = active?.heldBack;
  const isHolding = said.isNewest(recorded) && held?.stepId === stepId && held.attempt === attempt;
  const content = holdMessage({
    upgradeId: upgrade.id,
    plan: found.track.plan,
    step: found.step,
    attempt,
    hold,
    end: active !== undefined && isHolding ? holdEndOf(active, active.updatedAt) : undefined,
  });
  return [post({ key: `line-${version}`, order: version + 0.5, isPrompt: true }, content)];
}
