import { unreachable } from "#src/kernel/result.ts";
import type { DriftEvent } from "./events.ts";
import type { Active } from "./state.ts";

/** Folds what was found of writes during the freeze, and what people said to it. */
export function evolveDrift(upgrade: Active, event: DriftEvent): Active {
  switch (event.type) {
    case "drift_found":
      return { ...withoutLook(upgrade), drift: event.drift };
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
  const { lookFailure: _, isDriftSuspected: __, ...rest } = upgrade;
  return rest;
}

/** What was found is what the configuration has to be from now on. The backup holds what it held. */
function withAcceptedDrift(upgrade: Active): Active {
  const { drift, ...rest } = withoutLook(upgrade);
  if (drift === undefined) return upgrade;
  const { baseline, forward } = upgrade;
  const { fingerprint, counts } = drift;
  const isBackedUp = forward.steps.get("backup-database")?.kind === "done";
  return goingOn({
    ...rest,
    baseline: { ...baseline, fingerprint, ...(counts === undefined ? {} : { counts }) },
    ...(isBackedUp && upgrade.backedUpCounts === undefined ? { backedUpCounts: baseline.counts } : {}),
  });
}

/** The step has its turn again, and a runner looks before it starts. */
function lookedForAgain(upgrade: Active): Active {
  const { drift, lookFailure: _, ...rest } = upgrade;
  return goingOn(drift === undefined ? rest : { ...rest, isDriftSuspected: true });
}

function goingOn(upgrade: Active): Active {
  return upgrade.flow.kind === "held" ? { ...upgrade, flow: { kind: "going" } } : upgrade;
}

/** On the way back the backup is what entities are compared with; what was written since is given up with it. */
export function turnedBack(upgrade: Active): Active {
  const { drift: _, backedUpCounts, ...rest } = withoutLook(upgrade);
  return backedUpCounts === undefined ? rest : { ...rest, baseline: { ...rest.baseline, counts: backedUpCounts } };
}
