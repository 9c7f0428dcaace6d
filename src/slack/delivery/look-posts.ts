import { kindOf } from "#src/plan/step-kinds.ts";
import type { EventOf, RecordedEvent } from "#src/upgrade/events.ts";
import { isComparable, isRecordedAfter, looksOnWayBack } from "#src/upgrade/frozen-reference.ts";
import { incomparableLine, nobodyLookedLine, unsettledAttemptLine, wayBackLooksLine } from "#src/slack/views/looks.ts";
import type { Content } from "#src/slack/views/blocks.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { Story } from "./story.ts";

/** What is and what is not known of writes during the freeze, where no prompt tells it. */
export function lookPosts(story: Story, recorded: RecordedEvent): readonly DesiredPost[] {
  const content = contentOf(story, recorded);
  const { version } = recorded;
  return content === undefined ? [] : [post({ key: `looks-${version}`, order: version + 0.55 }, content)];
}

function contentOf(story: Story, { event, version }: RecordedEvent): Content | undefined {
  switch (event.type) {
    case "rollback_started":
      return ofWayBack(story, event);
    case "step_finished":
      return ofBaseline(story, event);
    case "step_retried":
      return story.said.wasMeasured(version) ? ofAttempt(story, event) : undefined;
    case "manual_step_confirmed":
      return story.said.wasMeasured(version) ? ofThaw(story, event) : undefined;
    default:
      return undefined;
  }
}

function ofWayBack({ upgrade }: Story, { plan }: EventOf<"rollback_started">): Content | undefined {
  const forward = upgrade.status === "active" || upgrade.status === "closed" ? upgrade.forward : undefined;
  return forward === undefined ? undefined : wayBackLooksLine(looksOnWayBack(forward), plan);
}

function ofBaseline({ attempts, upgrade }: Story, { stepId, report }: EventOf<"step_finished">): Content | undefined {
  const { measurements } = report;
  if (attempts.firstOf(stepId)?.step.action.kind !== "baseline" || measurements === undefined) return undefined;
  return isComparable(measurements, upgrade.request.environment) ? undefined : incomparableLine();
}

function ofAttempt({ attempts }: Story, { stepId, attempt }: EventOf<"step_retried">): Content | undefined {
  const found = attempts.firstOf(stepId);
  const isUnsettled = found !== undefined && isRecordedAfter(found.track.plan, stepId);
  return isUnsettled ? unsettledAttemptLine(found.step, attempt) : undefined;
}

function ofThaw(story: Story, event: EventOf<"manual_step_confirmed">): Content | undefined {
  const step = story.attempts.firstOf(event.stepId)?.step;
  // That a look failed is told already; and who went on with what was found knew what was there.
  const isThaw = step !== undefined && kindOf(step) === "unfreeze" && !story.said.wasLookedAt(step.id);
  return isThaw ? nobodyLookedLine(step) : undefined;
}
