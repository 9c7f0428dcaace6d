import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import { nameBackup } from "#src/plan/progress.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { WayBack } from "#src/plan/way-back.ts";
import { stageOfBlueGreen } from "./blue-green-stage.ts";

/** How to go back while both versions share one database, and the price. */
export function blueGreenWayBack(plan: Plan, progress: Progress): WayBack {
  const stage = stageOfBlueGreen(progress);
  const lost = `everything written since ${nameBackup(progress)} is lost`;
  switch (stage) {
    case "untouched":
      return {
        sentence:
          "The database was not changed and the old nodes serve: allow configuration writes again and stop here",
        price: "costs nothing",
        isRestoreNeeded: false,
      };
    case "unsettled":
      return {
        sentence: `Stop all nodes, restore the backup into a fresh database and start ${plan.from} on it; if ${plan.from} first passes the test on the migrated database, going back needs no restore`,
        price: `downtime until the restore is proven, an approval, and ${lost}`,
        isRestoreNeeded: true,
      };
    case "shared":
      return {
        sentence: `Send all traffic back to the nodes of ${plan.from}, which serve on the migrated database too, and stop the new ones`,
        price:
          "no downtime and nothing is lost; the database keeps what `up` changed, so the next attempt needs a restore of the backup before",
        isRestoreNeeded: false,
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
