import { unreachable } from "#src/kernel/result.ts";
import { kindOf } from "#src/plan/step-kinds.ts";
import { isLookFailureKnown, isSeenUnchanged } from "#src/upgrade/drift.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { Active } from "#src/upgrade/state.ts";
import type { Turn } from "#src/run/workplace.ts";
import { lookAtClusters } from "./look-at-clusters.ts";
import { tell, tellDrift, unseen } from "./look-before-step.ts";

/** A person needs minutes for what they do; each look reads the whole configuration. */
const defaultEveryMs = 60_000;

/**
 * Looks for writes while a step waits for the person who does it, from its turn on and again and again, so that the last
 * step before writes are allowed again is not confirmed over one. Answers whether something new was told.
 */
export async function lookWhileByHand(turn: Turn<Active>): Promise<boolean> {
  const { upgrade, workplace } = turn;
  const { runnerId, pastLooks, lookByHandEveryMs = defaultEveryMs } = workplace;
  const current = currentStep(upgrade);
  if (current?.progress.kind !== "ready" || !workplace.mayStart()) return false;
  const { step, progress } = current;
  const { attempt } = progress;
  const place = { upgradeId: upgrade.id, stepId: step.id, attempt };
  // Somebody waits for this look: until it is made nobody can confirm.
  const isAwaited = upgrade.isDriftSuspected !== undefined;
  // Whoever allows writes again does so before they say that they did: what is written from then on is no drift.
  const isTold = isSeenUnchanged(upgrade, step.id, attempt) || isLookFailureKnown(upgrade, step.id, attempt);
  if (isTold && !isAwaited && kindOf(step) === "unfreeze") return false;
  if (!pastLooks.isDue(place, isAwaited ? 0 : lookByHandEveryMs)) return false;
  const seen = await lookAtClusters(turn);
  switch (seen.kind) {
    case "nothing_to_compare":
      return false;
    case "unchanged":
      if (isSeenUnchanged(upgrade, step.id, attempt) && upgrade.lookFailure === undefined) return false;
      return (await tell(turn, { intent: "report_no_drift", stepId: step.id, attempt, runnerId })) === "told";
    case "drift":
      return (
        (await tellDrift(turn, { intent: "report_drift", stepId: step.id, attempt, runnerId, drift: seen.drift })) ===
        "told"
      );
    case "unseen":
      return (await unseen(turn, { step, attempt }, seen.reason)) === "told";
    default:
      return unreachable(seen);
  }
}
