import type { Active } from "./state.ts";

/** What was found is what the configuration has to be from now on. The backup holds what it held. */
export function withAcceptedDrift(upgrade: Active): Active {
  const { drift, ...rest } = upgrade;
  if (drift === undefined) return upgrade;
  const { baseline, forward, flow } = upgrade;
  const { fingerprint, counts } = drift;
  const isBackedUp = forward.steps.get("backup-database")?.kind === "done";
  return {
    ...rest,
    baseline: { ...baseline, fingerprint, ...(counts === undefined ? {} : { counts }) },
    ...(isBackedUp && upgrade.backedUpCounts === undefined ? { backedUpCounts: baseline.counts } : {}),
    flow: flow.kind === "held" ? { kind: "going" } : flow,
  };
}

/** On the way back the backup is what entities are compared with; what was written since is given up with it. */
export function turnedBack(upgrade: Active): Active {
  const { drift: _, backedUpCounts, ...rest } = upgrade;
  return backedUpCounts === undefined ? rest : { ...rest, baseline: { ...rest.baseline, counts: backedUpCounts } };
}
