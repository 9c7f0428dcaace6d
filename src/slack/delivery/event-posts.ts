import type { RecordedEvent } from "#src/upgrade/events.ts";
import { eventLine, headLine } from "#src/slack/views/event-line.ts";
import type { Names } from "#src/slack/views/names.ts";
import { escapeText } from "#src/slack/views/text.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import { driftPosts } from "./drift-posts.ts";
import { holdPosts } from "./hold-posts.ts";
import { lookPosts } from "./look-posts.ts";
import { agreedPosts } from "./people-posts.ts";
import { answerPosts } from "./plan-posts.ts";
import { reportPosts } from "./report-file.ts";
import { silencePosts } from "./silence-posts.ts";
import { soakPosts } from "./soak-posts.ts";
import type { Story } from "./story.ts";
import { surveyPosts } from "./survey-posts.ts";

/** What the thread shows of one event beside what it shows of attempts and plans. */
export function eventPosts(story: Story, recorded: RecordedEvent, names: Names): readonly DesiredPost[] {
  const { event, version } = recorded;
  const titleOf = (stepId: string): string => escapeText(story.attempts.firstOf(stepId)?.step.title ?? stepId, 120);
  const content = eventLine(recorded, titleOf, names);
  const isForAll = event.type === "upgrade_completed" || event.type === "upgrade_rolled_back";
  const isBroadcast = isForAll || event.type === "glass_broken";
  const line =
    content === undefined
      ? []
      : [
          post(
            {
              key: `line-${version}`,
              order: version + 0.5,
              ...(isBroadcast ? { isBroadcast: true } : {}),
            },
            content,
          ),
        ];
  return [
    ...reportPosts(story, recorded),
    ...soakPosts(recorded),
    ...surveyPosts(story, recorded),
    ...driftPosts(story, recorded),
    ...lookPosts(story, recorded),
    ...holdPosts(story, recorded),
    ...silencePosts(story, recorded),
    ...answerPosts(story, recorded),
    ...line,
    ...agreedPosts(story, recorded),
    ...headPosts(story, recorded),
  ];
}

function headPosts(story: Story, recorded: RecordedEvent): readonly DesiredPost[] {
  const milestone = milestoneOf(story, recorded);
  if (milestone === undefined) return [];
  const { version, hash } = recorded;
  return [
    post({ key: `head-${version}`, order: version + 0.9, head: { version, hash } }, headLine(recorded, milestone)),
  ];
}

function milestoneOf({ attempts }: Story, { event }: RecordedEvent): string | undefined {
  switch (event.type) {
    case "plan_made":
      return "when the plan was made";
    case "upgrade_started":
      return "at the start";
    case "rollback_started":
      return "at the start of the way back";
    case "approval_requested": {
      const step = attempts.firstOf(event.stepId)?.step;
      return step?.class === "irreversible" ? `before “${escapeText(step.title, 80)}”` : undefined;
    }
    case "plan_refused":
      return event.keptPlan === undefined ? "at the end" : undefined;
    case "check_completed":
    case "upgrade_aborted":
    case "upgrade_completed":
    case "upgrade_rolled_back":
      return "at the end";
    default:
      return undefined;
  }
}
