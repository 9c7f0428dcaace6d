import type { Plan } from "#src/plan/plan.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { StepProgress, Track } from "./state.ts";

/** How far a track has come, in the words that plans understand. */
export function progressOfTrack(track: Track): Progress {
  const { plan, steps, turn } = track;
  // All before it are done and none after it has begun, so no other needs a look: a card says this at each event.
  const current = plan.steps[turn];
  const progress = current === undefined ? undefined : steps.get(current.id);
  const backup = steps.get("backup-database");
  return {
    done: stepIdsOf(plan).slice(0, turn),
    begun: current !== undefined && progress !== undefined && hasBegun(progress) ? [current.id] : [],
    backedUpAt: backup?.kind === "done" ? backup.finishedAt : undefined,
  };
}

const stepIds = new WeakMap<Plan, readonly string[]>();

/** A plan never changes, and one of a thousand nodes has thousands of steps. */
function stepIdsOf(plan: Plan): readonly string[] {
  const ids = stepIds.get(plan) ?? plan.steps.map(({ id }) => id);
  stepIds.set(plan, ids);
  return ids;
}

/** Started, and nobody has proven how it ended; a failed attempt before a retry may also have left something. */
function hasBegun(step: StepProgress): boolean {
  switch (step.kind) {
    case "running":
    case "unknown":
      return true;
    case "failed":
      // A precheck that said no means that nothing was run at all.
      return step.attempt > 1 || step.report === undefined || step.report.commands.length > 0;
    case "ready":
      return step.attempt > 1;
    case "waiting":
    case "done":
      return false;
  }
}
