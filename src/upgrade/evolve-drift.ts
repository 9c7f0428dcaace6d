import { unreachable } from "#src/kernel/result.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Drift } from "./drift.ts";
import type { DriftEvent } from "./events.ts";
import { isRestore } from "./frozen-reference.ts";
import { currentTrack } from "./state.ts";
import type { Active, StepProgress } from "./state.ts";

/** Folds what was found of writes during the freeze, and what people said to it. */
export function evolveDrift(upgrade: Active, event: DriftEvent): Active {
  switch (event.type) {
    case "drift_found":
      return { ...withoutLook(upgrade), drift: event.drift };
    case "drift_not_found": {
      const { beforeStep: stepId, attempt } = event;
      return { ...withoutLook(upgrade), seenUnchanged: { stepId, attempt } };
    }
    case "drift_accepted":
      return withAcceptedDrift(upgrade);
    case "drift_look_failed": {
      const { beforeStep: stepId, attempt, reason, stops } = event;
      return { ...upgrade, lookFailure: { stepId, attempt, reason, state: stops ? "asked" : "told" } };
    }
    case "drift_look_waived": {
      const { beforeStep: stepId, attempt, reason } = event;
      return goingOn({ ...upgrade, lookFailure: { stepId, attempt, reason, state: "waived" } });
    }
    case "drift_look_requested":
      return lookedForAgain(upgrade);
    default:
      return unreachable(event);
  }
}

/** Once a step has started, what could not be seen before it is settled. */
export function withoutLook(upgrade: Active): Active {
  const { lookFailure: _, isDriftSuspected: __, seenUnchanged: ___, ...rest } = upgrade;
  return rest;
}

/** What was found is what the configuration has to be from now on. The backup holds what it held. */
function withAcceptedDrift(upgrade: Active): Active {
  const { drift, ...rest } = withoutLook(upgrade);
  if (drift === undefined) return upgrade;
  const { plan, steps, turn } = currentTrack(upgrade);
  const progress = steps.get(plan.steps[turn]?.id ?? "");
  // Somebody decided about just what is there now, so it need not be looked at again before the step.
  const seen =
    progress?.kind === "ready"
      ? { seenUnchanged: { stepId: plan.steps[turn]?.id ?? "", attempt: progress.attempt } }
      : {};
  return goingOn({ ...rest, ...seen, baseline: withFound(upgrade, drift) });
}

function withFound({ baseline, rollback }: Active, { side, fingerprint, counts }: Drift): Measurements {
  const found = { fingerprint, ...(counts === undefined ? {} : { counts }) };
  if (side === "green") return { ...baseline, green: { ...baseline.green, ...found } };
  // On the way back numbers stay what a restore is proven by, where there is one.
  const isByNumbers = Object.keys(fingerprint).length === 0;
  return rollback === undefined || isByNumbers ? { ...baseline, ...found } : { ...baseline, fingerprint };
}

/** The step has its turn again, and a runner looks before it starts. */
function lookedForAgain(upgrade: Active): Active {
  const { drift, lookFailure: _, ...rest } = upgrade;
  return goingOn(drift === undefined ? rest : { ...rest, isDriftSuspected: true });
}

/**
 * On the way back the backup is what entities are compared with; what was written since is given up with it, and what was
 * found before somebody turned back is not told again.
 */
export function turnedBack(upgrade: Active): Active {
  const { drift, ...rest } = withoutLook(upgrade);
  const baseline = drift === undefined ? upgrade.baseline : withFound(upgrade, drift);
  const counts = (upgrade.backedUp ?? upgrade.baseline).counts;
  return { ...rest, baseline: { ...baseline, ...(counts === undefined ? {} : { counts }) } };
}

/** A dump keeps what was recorded until then; a restore brings just that back. */
export function withBackup(upgrade: Active, stepId: string, after: StepProgress): Active {
  if (after.kind !== "done") return upgrade;
  const { baseline, backedUp, rollback } = upgrade;
  if (rollback === undefined) {
    if (stepId !== "backup-database") return upgrade;
    const { counts, fingerprint } = baseline;
    return { ...upgrade, backedUp: { ...(counts && { counts }), ...(fingerprint && { fingerprint }) } };
  }
  if (!isRestore({ id: stepId })) return upgrade;
  const { fingerprint: _, ...rest } = baseline;
  return { ...upgrade, baseline: { ...rest, ...backedUp } };
}

function goingOn(upgrade: Active): Active {
  return upgrade.flow.kind === "held" ? { ...upgrade, flow: { kind: "going" } } : upgrade;
}
