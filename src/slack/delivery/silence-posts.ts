import type { EventOf, RecordedEvent } from "#src/upgrade/events.ts";
import { ownerOf } from "#src/upgrade/state.ts";
import { requesterMention } from "#src/slack/views/names.ts";
import { silentRunnerPrompt } from "#src/slack/views/silent-runner.ts";
import type { SilentRunner } from "#src/slack/views/silent-runner.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { Story } from "./story.ts";

/** The prompt about a runner that stands still; closed as soon as it goes on, or its step is not running any more. */
export function silencePosts(story: Story, recorded: RecordedEvent): readonly DesiredPost[] {
  const { event, version } = recorded;
  if (event.type !== "runner_silent") return [];
  const found = story.attempts.find(({ step, attempt }) => step.id === event.stepId && attempt === event.attempt);
  if (found === undefined) return [];
  const { upgrade } = story;
  const state = stateOf(story, event, version);
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

/** By what came after it in the record. */
function stateOf(
  { events, upgrade }: Story,
  { stepId, attempt }: EventOf<"runner_silent">,
  version: number,
): SilentRunner["state"] {
  const after = events.filter((later) => later.version > version).map(({ event }) => event);
  const isOf = (event: RecordedEvent["event"]): boolean =>
    "stepId" in event && event.stepId === stepId && "attempt" in event && event.attempt === attempt;
  if (after.some((event) => event.type === "runner_heard" && isOf(event))) return "heard";
  const isOver = after.some((event) => (event.type === "step_finished" || event.type === "runner_lost") && isOf(event));
  return isOver || upgrade.status !== "active" ? "ended" : "silent";
}
