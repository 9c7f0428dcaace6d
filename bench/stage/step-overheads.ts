import { epochMsOf } from "#src/kernel/instant.ts";
import type { Guided } from "./guide.ts";
import type { SmallGateways } from "./small-gateways.ts";

/** What each step of a finished upgrade took beside its own commands, up to the start of the next one, in milliseconds. */
export function stepOverheads(
  { events }: Pick<Guided, "events">,
  sleptMs: SmallGateways["sleptMs"],
): readonly number[] {
  const plan = events.flatMap(({ event }) => (event.type === "plan_made" ? [event.plan] : [])).at(-1);
  // A turn of a person ends what can be timed.
  const turns = events.flatMap(({ at, event }) => {
    if (event.type === "step_started") return [{ stepId: event.stepId, atMs: epochMsOf(at) }];
    return event.type === "manual_step_confirmed" || event.type === "approval_requested" ? [undefined] : [];
  });
  return turns.slice(1).flatMap((after, index) => {
    const before = turns[index];
    const step = plan?.steps.find(({ id }) => id === before?.stepId);
    if (before === undefined || after === undefined || step === undefined) return [];
    const slept = sleptMs(step.action);
    return slept === undefined ? [] : [after.atMs - before.atMs - slept];
  });
}
