import type { Progress } from "#src/plan/progress.ts";
import type { StepProgress, Track } from "./state.ts";

/** How far a track has come, in the words that plans understand. */
export function progressOfTrack(track: Track): Progress {
  const entries = track.plan.steps.flatMap(({ id }) => {
    const step = track.steps.get(id);
    return step === undefined ? [] : [{ id, step }];
  });
  const backup = track.steps.get("backup-database");
  return {
    done: entries.flatMap(({ id, step }) => (step.kind === "done" ? [id] : [])),
    begun: entries.flatMap(({ id, step }) => (hasBegun(step) ? [id] : [])),
    backedUpAt: backup?.kind === "done" ? backup.finishedAt : undefined,
  };
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
