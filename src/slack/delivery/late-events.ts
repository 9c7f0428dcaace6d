import type { EventType, RecordedEvent, UpgradeEvent } from "#src/upgrade/events.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { Story } from "./story.ts";

/** What these show changes with events that come after them: prompts die, and what was seen later is taken into account. */
const late: ReadonlySet<EventType> = new Set([
  "drift_found",
  "drift_look_failed",
  "step_held_back",
  "manual_step_confirmed",
  "runner_silent",
]);

/** Whether what the thread shows of this event may change with later ones, as long as its ground does not (thread.ts). */
export function isLate({ attempts }: Story, { event }: RecordedEvent): boolean {
  const stepId = stepOf(event);
  // The title of a step is known as soon as it has its turn.
  return late.has(event.type) || (stepId !== undefined && attempts.firstOf(stepId) === undefined);
}

/** All that the posts of such an event rest on: while that is the same, so are they. */
export function restsOn({ attempts, said, upgrade }: Story, recorded: RecordedEvent): readonly unknown[] {
  const { event, version } = recorded;
  const stepId = stepOf(event) ?? "";
  const last = attempts.lastOf(stepId);
  return [
    // Only the newest of a kind asks for anything.
    said.isNewest(recorded) ? upgrade : undefined,
    last?.step,
    last?.track.plan,
    // What was written is told by what was restored since.
    event.type === "drift_found" ? last : undefined,
    said.wasLookedAt(stepId),
    ...(event.type === "runner_silent" ? [said.silenceOf(event, version), isGoing(upgrade)] : []),
  ];
}

function isGoing(upgrade: Upgrade): boolean {
  return upgrade.status === "active" && upgrade.flow.kind === "going";
}

function stepOf(event: UpgradeEvent): string | undefined {
  if ("stepId" in event) return event.stepId;
  return "beforeStep" in event ? event.beforeStep : undefined;
}
