import type { Plan } from "./plan.ts";
import type { Progress } from "./progress.ts";
import { copyWayBack, isCopyUnderWay } from "./strategies/preproduction-rollback.ts";
import { findStrategy } from "./strategies/registry.ts";

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
  if (isCopyUnderWay(plan, progress)) return copyWayBack;
  const strategy = findStrategy(plan.strategy);
  return strategy === undefined ? unknownStrategy : strategy.wayBack(plan, progress);
}

/** A record of another version of this program may name a strategy that this one does not know. */
const unknownStrategy: WayBack = {
  sentence: "This program does not know the strategy of this plan, so it cannot say how to go back",
  price: "unknown",
  isRestoreNeeded: true,
};
