import type { UpgradeEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";

/** A button of a prompt that one of the people pressed, whether or not the app heard it. */
export interface Choice {
  readonly upgradeId: UpgradeId;
  /** The delivery's key of the prompt, such as `failure-migrations-up-1`. */
  readonly prompt: string;
  readonly label: string;
}

/** After a failure or an unknown outcome nothing goes on by itself: what the record says people chose, people chose. */
export function judgeDecisions(
  { id, events }: { readonly id: UpgradeId; readonly events: readonly { readonly event: UpgradeEvent }[] },
  choices: readonly Choice[],
): readonly string[] {
  const wasChosen = (label: string, stepId: string, attempt: number): boolean =>
    choices.some(
      (choice) => choice.upgradeId === id && choice.label === label && choice.prompt === `failure-${stepId}-${attempt}`,
    );
  return events.flatMap(({ event }) => {
    if (event.type === "step_retried" && !wasChosen("Retry", event.stepId, event.attempt - 1))
      return [`${id}: ${event.stepId} was tried again (attempt ${event.attempt}), and nobody chose that`];
    if (event.type === "step_counted_as_done" && !wasChosen("Count as done", event.stepId, event.attempt))
      return [`${id}: ${event.stepId} attempt ${event.attempt} was counted as done, and nobody chose that`];
    return [];
  });
}
