import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import { nameBackup } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { WayBack } from "#src/plan/way-back.ts";
import { stageOf } from "./in-place-stage.ts";

/** How to go back from each stage of an in-place upgrade, and the price. */
export function inPlaceWayBack(plan: Plan, progress: Progress): WayBack {
  const stage = stageOf(plan, progress);
  const lost = `everything written since ${nameBackup(progress)} is lost`;
  switch (stage) {
    case "untouched":
      return {
        sentence: "Nothing was stopped or changed: allow configuration writes again and stop here",
        price: "costs nothing",
        isRestoreNeeded: false,
      };
    case "stopped":
      return {
        sentence: `Put ${plan.from} back where it was replaced and start its nodes; the database was not touched`,
        price: "costs only the downtime until the old nodes serve again",
        isRestoreNeeded: false,
      };
    case "migrated":
      return {
        sentence: `Restore the backup into a fresh database, reinstall ${plan.from} and start it; the migrated database is kept under another name`,
        price: `downtime until the restore is proven, an approval, and ${lost}`,
        isRestoreNeeded: true,
      };
    case "finished":
      return {
        sentence: `Past the point of no return: only a restore of the backup brings ${plan.from} back; the upgraded database is kept under another name`,
        price: `downtime until the restore is proven, an approval, and ${lost}`,
        isRestoreNeeded: true,
      };
    default:
      return unreachable(stage);
  }
}
