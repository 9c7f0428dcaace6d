import type { Finding } from "#src/kong/finding.ts";
import { databaseOf } from "#src/plan/databases-of.ts";
import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { refuseFacts } from "#src/plan/refuse-facts.ts";
import { refuseGreenDatabase, refuseSecondCluster } from "#src/plan/refuse-second-cluster.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import type { Strategy } from "#src/plan/strategy.ts";
import { acknowledge } from "#src/plan/steps/acknowledge-step.ts";
import { backupSteps, baseline } from "#src/plan/steps/backup-steps.ts";
import { migrations, preflight, verify } from "#src/plan/steps/check-steps.ts";
import { createGreenDatabase, migrateClone, restoreClone } from "#src/plan/steps/clone-steps.ts";
import { applyLicence } from "#src/plan/steps/licence-step.ts";
import { recordFingerprint } from "#src/plan/steps/migration-steps.ts";
import { decommissionOld, rebuildOld } from "#src/plan/steps/platform-steps.ts";
import { restoreKeyring } from "#src/plan/steps/restore-steps.ts";
import {
  buildSecondCluster,
  closeGreen,
  compareClusters,
  freezeBoth,
  noWayBackFromOwnData,
  shiftGradually,
  smokeGreen,
  startGreen,
  stopOld,
  unfreezeGreen,
} from "#src/plan/steps/second-cluster-steps.ts";
import { sources } from "#src/plan/steps/sources.ts";
import { changesEdition, editionChangeAnswers, editionChangeNotes } from "./edition-change.ts";
import { oneServerNotes, separateDataNotes } from "./second-cluster-notes.ts";
import { backToOldCluster } from "./second-cluster-rollback.ts";

/**
 * Kong's dual-cluster upgrade: a second cluster gets a copy of the database, is migrated and tested there, and takes the
 * traffic over step by step. The old cluster and its database stay as they are, so going back is a shift of traffic.
 */
export const dualCluster: Strategy = {
  name: "dual-cluster",
  summary:
    "a second cluster with its own copy of the database is upgraded and takes the traffic over step by step; no planned downtime",
  refuse: ({ environment, facts }) => [
    ...refuseSecondCluster(environment),
    ...refuseGreenDatabase(environment),
    ...refuseFacts(environment, facts),
  ],
  fit: ({ green }) =>
    green?.database === undefined
      ? { rank: "possible", reason: "it needs a second cluster with a database of its own" }
      : {
          rank: "first_choice",
          reason: "there is a second cluster with a database of its own, so nothing has to stop",
        },
  // Kong's walk-through of the change of edition names a copy of the database as its gradual way.
  answersFor: (context) => (changesEdition(context) ? editionChangeAnswers : []),
  steps: dualClusterSteps,
  notes: dualClusterNotes,
  ...backToOldCluster,
};

function dualClusterSteps(context: PlanContext, findings: readonly Finding[]): readonly Step[] {
  const green = greenContext(context);
  const { name, host, port } = databaseOf(green.environment);
  const old = databaseOf(context.environment);
  const upToDate = migrations(green, ["up_to_date"]);
  return [
    preflight(context),
    ...acknowledge(context, findings, "What is repaired in the old cluster now is part of the copy."),
    // Before the freeze, because none of it needs one: the time without configuration writes gets shorter.
    ...buildSecondCluster(context, {
      dataStore: `the new, empty database ${name} on ${host}:${port}, never to ${old.name} on ${old.host}:${old.port}`,
    }),
    freezeBoth(
      context,
      "What is written to one cluster from the backup on is missing in the other, so this holds until the old one is decommissioned.",
    ),
    baseline(context),
    ...backUp(context),
    createGreenDatabase(context),
    restoreClone(context),
    ...migrateClone(context),
    ...startGreen(context, [upToDate]),
    ...(context.environment.keyring ? [keyringForGreen(context)] : []),
    ...(changesEdition(context) ? licenceForGreen(green) : []),
    compareClusters(context, "green-compare"),
    smokeGreen(context),
    ...shiftGradually(context),
    { ...verify(green), source: sources.dualCluster },
    ...stopOld(context, [{ kind: "configuration_unchanged" }]),
    decommissionOld(context, {
      kept: `Its database ${old.name} on ${old.host}:${old.port} is left alone.`,
      wayBack: rebuildOld(context),
    }),
    unfreezeGreen(context),
    closeGreen(context, [upToDate], noWayBackFromOwnData),
  ];
}

/** The restore into the new cluster's database proves the backup, so no scratch database is needed beside production. */
function backUp(context: PlanContext): readonly Step[] {
  return backupSteps(context)
    .filter(({ id }) => id !== "prove-backup" && id !== "drop-scratch")
    .map((step) =>
      step.id === "backup-database"
        ? adapted(step, {
            why: "Becomes the new cluster's database. The only backup that holds everything: credentials, certificates and migration state too.",
          })
        : step,
    );
}

function keyringForGreen(context: PlanContext): Step {
  const green = greenContext(context);
  return {
    ...restoreKeyring(green),
    id: "green-keyring",
    phase: "roll_out",
    title: "Load the keyring into the new cluster",
    why: "The copy holds encrypted fields that only the exported keyring can read.",
    wayBack: "Stop the new nodes; the old cluster and its keyring were not touched.",
  };
}

/** Before any traffic: the copy is finished by then, and nobody but this program writes to it. */
function licenceForGreen(green: PlanContext): readonly Step[] {
  return [
    adapted(applyLicence(green, "roll_out"), { id: "green-licence" }),
    adapted(recordFingerprint(green, "licence"), { id: "green-fingerprint-after-licence", phase: "roll_out" }),
  ];
}

function dualClusterNotes(context: PlanContext): readonly string[] {
  return [
    ...(changesEdition(context) ? editionChangeNotes(context, "as soon as the new cluster serves") : []),
    "No planned downtime. The old cluster and its database are never changed, so until it is decommissioned going back is a shift of traffic, without a restore.",
    "`migrations finish` runs on the copy before the first new node starts, whatever the order asked for. It is no point of no return here; decommissioning the old cluster is.",
    ...separateDataNotes(context),
    ...oneServerNotes(context),
    "Until the old cluster is decommissioned, twice the hosts are paid for. Its database is not dropped by this plan.",
  ];
}
