import type { RecordedEvent } from "#src/upgrade/events.ts";
import { ownerOf } from "#src/upgrade/state.ts";
import { requesterMention } from "#src/slack/views/names.ts";
import { silentRunnerPrompt } from "#src/slack/views/silent-runner.ts";
import { attemptKey } from "./attempts.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { Story } from "./story.ts";

/** The prompt about a runner that stands still; closed as soon as it goes on, or its step is not running any more. */
export function silencePosts(story: Story, recorded: RecordedEvent): readonly DesiredPost[] {
  const { event, version } = recorded;
  if (event.type !== "runner_silent") return [];
  const found = story.attempts.get(attemptKey(event.stepId, event.attempt));
  if (found === undefined) return [];
  const { upgrade, said } = story;
  const known = said.silenceOf(event, version);
  const state = known === "silent" && upgrade.status !== "active" ? "ended" : known;
  const content = silentRunnerPrompt({
    upgradeId: upgrade.id,
    plan: found.track.plan,
    step: found.step,
    silent: event,
    state,
    isPaused: upgrade.status === "active" && upgrade.flow.kind !== "going",
  });
  const isOpen = state === "silent";
  const mentions = isOpen ? requesterMention(ownerOf(upgrade)) : [];
  const urgency = isOpen ? "failure" : "line";
  return [post({ key: `silent-${version}`, order: version + 0.4, urgency, isPrompt: true, mentions }, content)];
}
