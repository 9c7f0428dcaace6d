import type { Finding } from "#src/kong/finding.ts";
import { greenContext, sideFlag } from "#src/plan/plan-context.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import { refuseCassandra } from "#src/plan/refuse-cassandra.ts";
import { refuseSecondCluster } from "#src/plan/refuse-second-cluster.ts";
import { adapted } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import type { Strategy } from "#src/plan/strategy.ts";
import { acknowledge } from "#src/plan/steps/acknowledge-step.ts";
import { baseline, exportDeclarative } from "#src/plan/steps/backup-steps.ts";
import { backUpCassandra, checkNewKeyspace, exportToFill, importExport } from "#src/plan/steps/cassandra-steps.ts";
import {
  allInstalled,
  allServing,
  migrations,
  nodeNames,
  preflight,
  smokeProbes,
} from "#src/plan/steps/check-steps.ts";
import { createGreenDatabase } from "#src/plan/steps/clone-steps.ts";
import { applyLicence } from "#src/plan/steps/licence-step.ts";
import { migrationsBootstrap, recordFingerprint } from "#src/plan/steps/migration-steps.ts";
import { decommissionOld, rebuildOld } from "#src/plan/steps/platform-steps.ts";
import {
  buildSecondCluster,
  closeGreen,
  compareClusters,
  freezeOld,
  noWayBackFromOwnData,
  shiftGradually,
  smokeGreen,
  startGreen,
  stopOld,
  unfreezeGreen,
} from "#src/plan/steps/second-cluster-steps.ts";
import { citing, sources } from "#src/plan/steps/sources.ts";
import { carryWorkspaces } from "#src/plan/steps/workspace-steps.ts";
import { separateDataNotes } from "./second-cluster-notes.ts";
import { backToOldCluster } from "./second-cluster-rollback.ts";

/**
 * The two ways on from Cassandra: a new version on a new keyspace, or PostgreSQL at the same version, which every version
 * from 3.4 on asks for. Either way the data are copied into a new cluster and the old one is only read.
 */
export const cassandraCopy: Strategy = {
  name: "cassandra-copy",
  summary:
    "the configuration is copied from Cassandra into a second cluster: a new keyspace at a new version, or PostgreSQL at the same version",
  refuse: (context) => [
    // For an installation with Cassandra the missing second cluster is what has to be said.
    ...refuseSecondCluster(context.environment).map(({ code, sentence, help }) =>
      context.environment.cassandra === undefined
        ? { code, sentence, help, isMisfit: true as const }
        : { code, sentence, help },
    ),
    ...refuseCassandra(context),
  ],
  fit: ({ green }) => ({
    rank: "first_choice",
    reason:
      green?.database === undefined
        ? "a new keyspace lets the old version serve until the new one has taken over"
        : "Kong 3.4 and later need PostgreSQL, and the data store changes at the running version",
  }),
  answersFor: ({ environment }) =>
    environment.green?.database === undefined ? ["cassandra_removed"] : ["same_version", "cassandra_removed"],
  steps: cassandraSteps,
  notes: cassandraNotes,
  ...backToOldCluster,
};

function cassandraSteps(context: PlanContext, findings: readonly Finding[]): readonly Step[] {
  const { environment } = context;
  const green = greenContext(context);
  const keyspace = environment.cassandra?.keyspace ?? "the old keyspace";
  const upToDate = migrations(green, ["up_to_date"]);
  const isMoving = green.side !== undefined;
  const source = isMoving ? sources.offCassandra : sources.newKeyspace(1);
  const carrying = carry(context);
  return [
    preflight(context),
    ...acknowledge(context, findings, "What is repaired in the old cluster now is part of the copy."),
    ...citing(source, buildSecondCluster(context, configurationFor(context, keyspace))),
    ...(isMoving ? [] : [checkNewKeyspace(context)]),
    freezeOld(context, "What is written to the old cluster after the export is missing in the new one."),
    baseline(context),
    ...backUpCassandra(context, carrying.fill.length > 0 ? exportToFill(context) : exportDeclarative(context)),
    ...carrying.dump,
    ...(isMoving ? [adapted(createGreenDatabase(context), { source })] : []),
    adapted(migrationsBootstrap(green), {
      id: "green-migrations-bootstrap",
      source: isMoving ? source : sources.newKeyspace(2),
    }),
    ...carrying.fill,
    ...citing(source, startGreen(context, [upToDate])),
    ...(environment.edition === "enterprise"
      ? [adapted(applyLicence(green, "provision"), { id: "green-licence" })]
      : []),
    ...carrying.sync,
    ...(isMoving
      ? [adapted(recordFingerprint(green, "loading"), { id: "green-fingerprint-after-loading", phase: "provision" })]
      : []),
    ...citing(source, [compareClusters(context, "green-compare"), smokeGreen(context)]),
    ...citing(isMoving ? source : sources.newKeyspace(5), shiftGradually(context)),
    verifyCopy(green),
    ...citing(isMoving ? source : sources.newKeyspace(6), [
      ...stopOld(context, [{ kind: "configuration_unchanged" }]),
      decommissionOld(context, { kept: `The keyspace ${keyspace} is left alone.`, wayBack: rebuildOld(context) }),
      unfreezeGreen(context),
      closeGreen(context, [upToDate], noWayBackFromOwnData),
    ]),
  ];
}

interface Carried {
  readonly dump: readonly Step[];
  /** Before the first new node starts. */
  readonly fill: readonly Step[];
  /** Once the new cluster runs. */
  readonly sync: readonly Step[];
}

/** Kong's own export and import hold no workspaces, so that a move of Kong Enterprise is made by decK (Kong's guide). */
function carry(context: PlanContext): Carried {
  const { edition, green } = context.environment;
  if (edition === "oss" || green?.database === undefined) return { dump: [], fill: importExport(context), sync: [] };
  return { ...carryWorkspaces(context), fill: [] };
}

function configurationFor(context: PlanContext, keyspace: string): { readonly dataStore: string } {
  const { database } = context.environment.green ?? {};
  return {
    dataStore:
      database === undefined
        ? `a new keyspace of its own (cassandra_keyspace), never to ${keyspace}`
        : `PostgreSQL (database = postgres), the new, empty database ${database.name} on ${database.host}:${database.port}`,
  };
}

function verifyCopy(green: PlanContext): Step {
  return {
    id: "verify",
    phase: "verify",
    title: "Check that the new cluster is complete",
    why: "Versions, migrations and smoke tests are looked at together, before the old cluster is stopped.",
    class: "safe",
    action: { kind: "check" },
    targets: nodeNames(green),
    precheck: [],
    proof: [
      ...allInstalled(green, green.to),
      ...allServing(green, green.to),
      migrations(green, ["up_to_date"]),
      ...(green.side === undefined
        ? []
        : [
            { kind: "migration_lock_free", ...sideFlag(green) } as const,
            { kind: "configuration_unchanged", ...sideFlag(green) } as const,
          ]),
      ...smokeProbes(green),
    ],
    timeoutMs: green.environment.timeouts.commandMs,
    isIdempotent: true,
    wayBack: "Nothing was changed by looking.",
    source: green.side === undefined ? sources.newKeyspace(5) : sources.offCassandra,
  };
}

function cassandraNotes(context: PlanContext): readonly string[] {
  const { environment, from } = context;
  const isMoving = environment.green?.database !== undefined;
  return [
    isMoving
      ? `Only the data store changes: both clusters run ${from}. Every version from 3.4 on is planned afterwards, from PostgreSQL.`
      : "The new version gets a keyspace of its own. It is a step on the way: from 3.4 on Kong needs PostgreSQL.",
    "No backup has to be restored to go back: the old cluster and its keyspace are only read, so until the old cluster is decommissioned going back is a shift of traffic. The snapshot is a second net: it lies on each Cassandra node by itself.",
    "Not copied are counters, the list of data planes and, from 3.0 on, sessions and authorization codes of oauth2; hashed passwords of basic-auth stay valid only where Kong itself exports and imports them.",
    ...(environment.edition === "enterprise" && !isMoving
      ? [
          "Kong's export holds no list of workspaces and nothing that only Kong Enterprise has: compare both clusters before traffic goes over.",
        ]
      : []),
    "Without SQL nobody can prove that the old keyspace was not written meanwhile; the numbers of entities are compared instead.",
    ...separateDataNotes(context),
  ];
}
