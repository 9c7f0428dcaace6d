import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "./plan.ts";
import type { Progress } from "./progress.ts";
import { stageOf } from "./strategies/in-place-stage.ts";

/** How to go back from here and what that costs, in words for the card. */
export interface WayBack {
  readonly sentence: string;
  readonly price: string;
  readonly isRestoreNeeded: boolean;
}

/** The honest answer for exactly this point of an upgrade; pure, so the card can show it at every step. */
export function describeWayBack(plan: Plan, progress: Progress): WayBack {
  if (plan.kind === "rollback") {
    return {
      sentence: "This is the way back; a step that fails is repeated, not rolled back",
      price: "no further price",
      isRestoreNeeded: false,
    };
  }
  const stage = stageOf(plan, progress);
  const lost =
    progress.backedUpAt === undefined
      ? "everything written since the backup is lost"
      : `everything written since the backup of ${progress.backedUpAt} is lost`;
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
