import { isTouched } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";

/**
 * How far a blue-green upgrade on one database went, judged by what may have had an effect.
 * `untouched`: `up` was not started. `unsettled`: it was, and nothing has proven that the old version serves on what it
 * made. `shared`: the old version was tried on the migrated database and served. `finished`: `finish` was started.
 */
export type BlueGreenStage = "untouched" | "unsettled" | "shared" | "finished";

export function stageOfBlueGreen(progress: Progress): BlueGreenStage {
  if (isTouched(progress, "migrations-finish")) return "finished";
  if (!isTouched(progress, "migrations-up")) return "untouched";
  // Kong's guide lets both versions run once `up` is through; what was cut off in the middle is promised by nobody.
  const isProven = progress.done.includes("migrations-up") && progress.done.includes("smoke-old");
  return isProven ? "shared" : "unsettled";
}
