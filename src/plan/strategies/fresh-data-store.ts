import type { Finding } from "#src/kong/finding.ts";
import { databaseOf } from "#src/plan/databases-of.ts";
import { greenContext } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { refuseFacts } from "#src/plan/refuse-facts.ts";
import { refuseGreenDatabase, refuseSecondCluster } from "#src/plan/refuse-second-cluster.ts";
import { refuseUnsafeFiles } from "#src/plan/safe-text.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import type { Strategy } from "#src/plan/strategy.ts";
import { acknowledge } from "#src/plan/steps/acknowledge-step.ts";
import { backupSteps, baseline } from "#src/plan/steps/backup-steps.ts";
import { migrations, preflight, verify } from "#src/plan/steps/check-steps.ts";
import { createGreenDatabase } from "#src/plan/steps/clone-steps.ts";
import { applyLicence } from "#src/plan/steps/licence-step.ts";
import { loadConfiguration } from "#src/plan/steps/load-steps.ts";
import { migrationsBootstrap, recordFingerprint } from "#src/plan/steps/migration-steps.ts";
import { decommissionOld, rebuildOld } from "#src/plan/steps/platform-steps.ts";
import {
  buildSecondCluster,
  closeGreen,
  freezeOld,
  noWayBackFromOwnData,
  shiftGradually,
  smokeGreen,
  startGreen,
  stopOld,
  unfreezeGreen,
} from "#src/plan/steps/second-cluster-steps.ts";
import { citing, sources } from "#src/plan/steps/sources.ts";
import { oneServerNotes, separateDataNotes } from "./second-cluster-notes.ts";
import { backToOldCluster } from "./second-cluster-rollback.ts";

/**
 * A new cluster on an empty database, as Kong's 3.0 guide describes it: only kong.conf is carried over, and what is wanted
 * of the configuration is loaded from files. The old package, nodes and database stay as they are.
 */
export const freshDataStore: Strategy = {
  name: "fresh-data-store",
  summary:
    "a second cluster starts on an empty database with kong.conf carried over and the configuration loaded from files; old data stay behind",
  refuse: ({ environment, facts }) => [
    ...refuseSecondCluster(environment),
    ...refuseGreenDatabase(environment),
    ...refuseFacts(environment, facts),
    ...refuseUnsafeFiles("sources.declarative", environment.sources?.declarative ?? []),
  ],
  fit: () => ({
    rank: "discouraged",
    reason: "the new cluster starts empty, and what no file holds (tokens, sessions, administrators) stays behind",
  }),
  steps: freshSteps,
  notes: freshNotes,
  ...backToOldCluster,
};

function freshSteps(context: PlanContext, findings: readonly Finding[]): readonly Step[] {
  const green = greenContext(context);
  const { name, host, port } = databaseOf(green.environment);
  const old = databaseOf(context.environment);
  const upToDate = migrations(green, ["up_to_date"]);
  const loading = loadConfiguration(context);
  const isEnterprise = context.environment.edition === "enterprise";
  return [
    preflight(context),
    ...acknowledge(context, findings, "What concerns stored data does not come along; what is loaded from files does."),
    ...citing(
      sources.freshDataStore,
      buildSecondCluster(context, {
        dataStore: `the new, empty database ${name} on ${host}:${port}, never to ${old.name} on ${old.host}:${old.port}`,
        rule: "This is the right moment for changes of kong.conf.",
      }),
    ),
    ...loading.before,
    freezeOld(context, "What is written to the old cluster from now on is missing in the new one."),
    baseline(context),
    ...backupSteps(context),
    ...citing(sources.freshDataStore, [
      createGreenDatabase(context),
      adapted(migrationsBootstrap(green), { id: "green-migrations-bootstrap" }),
      ...startGreen(context, [upToDate]),
    ]),
    ...(isEnterprise ? [adapted(applyLicence(green, "provision"), { id: "green-licence" })] : []),
    ...loading.after,
    adapted(recordFingerprint(green, "loading"), { id: "green-fingerprint-after-loading", phase: "provision" }),
    ...citing(sources.freshDataStore, [smokeGreen(context)]),
    ...shiftGradually(context),
    verifyFresh(green),
    ...stopOld(context, []),
    decommissionOld(context, {
      kept: `Its database ${old.name} on ${old.host}:${old.port} is left alone.`,
      wayBack: rebuildOld(context),
    }),
    unfreezeGreen(context),
    closeGreen(context, [upToDate], noWayBackFromOwnData),
  ];
}

/** The number of entities is what the files say, not what the old database held. */
function verifyFresh(green: PlanContext): Step {
  const step = verify(green);
  return adapted(step, {
    why: "Versions, migrations, fingerprint and smoke tests are looked at together. The number of entities is not compared with the old cluster: the files decide it.",
    proof: step.proof.filter(({ kind }) => kind !== "counts_match_baseline"),
    source: sources.freshDataStore,
  });
}

function freshNotes(context: PlanContext): readonly string[] {
  const { edition } = context.environment;
  return [
    "Only kong.conf is carried over. The new database starts empty; the old package, nodes and database are never changed, so until the old cluster is decommissioned going back is a shift of traffic.",
    "What no declarative file holds does not come along: OAuth2 tokens, sessions, counters; with Kong Enterprise also administrators, RBAC users and groups, developers, keyring, licences and event hooks. Passwords of basic-auth come out of decK as hashes and cannot be loaded.",
    "Nobody compares the two clusters entity by entity: what is missing in the files is missing in the new cluster.",
    ...(edition === "enterprise"
      ? [
          "The first administrator of Kong Enterprise gets its password from KONG_PASSWORD at bootstrap: name it among the secrets of the first new node.",
        ]
      : []),
    ...separateDataNotes(context),
    ...oneServerNotes(context),
  ];
}
